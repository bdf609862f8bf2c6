"""What may be told of one run: a pure function from what is stored of it to things, in order."""

from collections.abc import Iterator

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.db.outbox.values import RunToTell, WantedThing
from seqauto_pipeline.delivery.file_things import file_things
from seqauto_pipeline.delivery.rules import DeliveryRules
from seqauto_pipeline.delivery.run_things import blocked_run, run_things
from seqauto_pipeline.delivery.samples import samples_of
from seqauto_pipeline.delivery.things import (
    SHARED,
    UPLOADS,
    BlockCode,
    Blocked,
    Kind,
    Thing,
    hash_of,
)


def things_of(run: RunToTell, rules: DeliveryRules) -> tuple[Thing, ...]:
    """List what may be told of a run, in order of dependence. Nothing of one that is not whole."""
    try:
        return tuple(_things(run, rules))
    except Exception as error:
        return (_fault(run, error),)


def _things(run: RunToTell, rules: DeliveryRules) -> Iterator[Thing]:
    if run.data_state != RunState.COMPLETE.value or run.sheet_md5 is None:
        return
    blocked = blocked_run(run, rules)
    if blocked is not None:
        key = _key_of_blocked(run, blocked)
        yield Thing(Kind.SEQUENCING_RUN, key, None, blocked=blocked)
        return
    samples = samples_of(run, rules)
    yield from run_things(run, samples, rules)
    yield from file_things(run, samples, rules)


def _fault(run: RunToTell, error: Exception) -> Thing:
    """Say that nothing of a run can be told, at the boundary that an error of ours ends at."""
    reason = f"a fault of the program, report it: {type(error).__name__}: {error}"
    return Thing(Kind.SEQUENCING_RUN, run.name, None, blocked=Blocked(BlockCode.FAULT, reason))


def _key_of_blocked(run: RunToTell, blocked: Blocked) -> str:
    """Name a run in two places by its place: the name belongs to what was delivered of it."""
    is_twice = blocked.code is BlockCode.TWO_PLACES
    return f"{run.root}/{run.path}" if is_twice else run.name


def wanted(thing: Thing) -> WantedThing:
    """Give a thing as the outbox stores it."""
    blocked = thing.blocked
    return WantedThing(
        thing.kind.value,
        thing.key,
        thing.kind in SHARED,
        None if thing.body is None else hash_of(thing.body),
        thing.needs,
        None if blocked is None else (blocked.code.value, blocked.reason),
        is_only_of_new=blocked is not None and blocked.code is BlockCode.READS_LOST,
    )


def wanted_of(
    run: RunToTell, rules: DeliveryRules, *, with_uploads: bool
) -> tuple[WantedThing, ...]:
    """List what a receiver should hold of a run."""
    try:
        return tuple(  # one by one: the bodies of a whole run fill the processor's caches
            wanted(thing)
            for thing in _things(run, rules)
            if (thing.body is not None or thing.blocked is not None)
            and (with_uploads or thing.kind not in UPLOADS)
        )
    except Exception as error:
        return (wanted(_fault(run, error)),)
