"""Facts of deliveries: whether receivers are there, what waits, and what to say of it."""

import datetime as dt
from collections.abc import Iterator

from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.look.session import looking
from seqauto_pipeline.db.outbox.queries import ReceiverFacts, receiver_facts
from seqauto_pipeline.delivery.configured import receiver_names, takes_uploads
from seqauto_pipeline.errors import DatabaseUnavailableError, SeqAutoError
from seqauto_pipeline.monitoring.facts import DeliveryFacts
from seqauto_pipeline.monitoring.readings import Reading, Standing, reading_of, well, wrong
from seqauto_pipeline.monitoring.words import age_words
from seqauto_pipeline.settings import Settings

_AREA = "delivery"
_SHOWN = 300  # characters of what a server said
_PATIENCE_SECONDS = 10.0  # status has to answer


def delivery_facts(settings: Settings, database_url: str) -> tuple[DeliveryFacts, ...]:
    """Look at what waits for each receiver, and ask a server whether it takes the token."""
    names = receiver_names(settings)
    if not names:
        return ()
    known = _known(database_url)
    late = dt.timedelta(hours=settings.delivery_waiting_hours)
    return tuple(
        _facts(settings, name, known.get(name), late, is_asked=takes_uploads(name))
        for name in names
    )


def _known(database_url: str) -> dict[str, ReceiverFacts]:
    """Read how far deliveries have come; nothing where the models cannot be read, which is told."""
    try:
        with looking(database_url) as session:
            return {each.name: each for each in receiver_facts(session)}
    except DatabaseUnavailableError:
        return {}


def _facts(
    settings: Settings,
    name: str,
    known: ReceiverFacts | None,
    late: dt.timedelta,
    *,
    is_asked: bool,
) -> DeliveryFacts:
    counts = {} if known is None else dict(known.by_state)
    return DeliveryFacts(
        receiver=name,
        counts=counts,
        oldest_due=None if known is None else known.oldest_due,
        trouble=(known.trouble or "") if known is not None else "",
        unusable=_unusable(settings) if is_asked else "",
        was_asked=is_asked,
        late_after=late,
        is_off=not settings.upload_enabled,
    )


def _unusable(settings: Settings) -> str:
    from seqauto_pipeline.delivery.variantgrid.receiver import (  # noqa: PLC0415  (not for all)
        opened,
        why_not_usable,
    )

    limit = min(settings.delivery_read_timeout_seconds, _PATIENCE_SECONDS)
    patient = settings.model_copy(
        update={
            "delivery_read_timeout_seconds": limit,
            "delivery_connect_timeout_seconds": limit,
        }
    )
    try:
        with opened(patient) as connection:
            return why_not_usable(connection)
    except (SeqAutoError, OSError) as error:  # OSError: the certificates cannot be read
        return str(error)


def delivery_readings(facts: DeliveryFacts, now: dt.datetime) -> Iterator[Reading]:
    """Judge the deliveries to one receiver."""
    name = facts.receiver
    if facts.is_off:
        text = f"{name}: UPLOAD_ENABLED is false, so nothing is delivered"
        yield reading_of(Standing.NOTE, _AREA, "delivery_off", text)
        return
    if facts.unusable:
        text = f"{name}: {shown(facts.unusable, limit=_SHOWN)}"
        yield wrong(_AREA, "receiver_unusable", text)
    elif facts.trouble:
        text = f"{name}: the last delivery ended early: {shown(facts.trouble, limit=_SHOWN)}"
        yield wrong(_AREA, "delivery_stopped", text)
    parked = facts.counts.get("parked", 0)
    if parked:
        text = f"{name}: {counted(parked, 'thing')} parked: not taken, and not tried again"
        yield reading_of(Standing.NOTE, _AREA, "delivery_parked", text)
    age = None if facts.oldest_due is None else now - facts.oldest_due
    if age is not None and age > facts.late_after and (facts.unusable or facts.trouble):
        text = f"{name}: the oldest thing waits for {age_words(age.total_seconds())}"
        yield wrong(_AREA, "delivery_late", text)
    if not facts.unusable and not facts.trouble:
        said = ", ".join(f"{count} {state}" for state, count in sorted(facts.counts.items()))
        told = "it is there and takes the token; " if facts.was_asked else ""
        since = f"; the oldest is due for {age_words(age.total_seconds())}" if age else ""
        yield well(_AREA, f"{name}: {told}{said or 'nothing to deliver yet'}{since}")
