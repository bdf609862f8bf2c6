"""Open messages on runs for what cannot be delivered, so that people meet it where they look."""

import datetime as dt
from collections.abc import Sequence

from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.run_plan import DELIVERY_CODES
from seqauto_pipeline.db.outbox.trouble import (
    runs_that_need,
    store_trouble_messages,
    things_in_trouble,
)
from seqauto_pipeline.db.outbox.values import StoredThing
from seqauto_pipeline.db.session import Engine, write_connection
from seqauto_pipeline.delivery.filling import Outbox

_NAMED = 3  # things that one message names
_MAX_WORDS = 500  # characters of an answer


def complete_outbox(outbox: Outbox, engine: Engine) -> None:
    """Fill in what a scan did not, and say what of it cannot be delivered."""
    outbox.fill_rest(engine)
    if outbox.filled:
        store_messages(engine)


def store_messages(engine: Engine) -> None:
    """Bring the messages about deliveries in line with the outbox."""
    with write_connection(engine) as connection:
        things = things_in_trouble(connection)
        shared = {(each.kind, each.key) for each in things if each.sequencing_run_id is None}
        waiting = runs_that_need(connection, shared) if shared else {}
        by_run: dict[int, list[StoredThing]] = {}
        for each in things:
            own = each.sequencing_run_id
            runs = waiting.get((each.kind, each.key), ()) if own is None else (own,)
            for run_id in runs:
                by_run.setdefault(run_id, []).append(each)
        found = {run_id: _problems(of_run) for run_id, of_run in by_run.items()}
        store_trouble_messages(connection, found, DELIVERY_CODES, dt.datetime.now(dt.UTC))


def _problems(things: Sequence[StoredThing]) -> dict[str, Problem]:
    """Word one problem for each state in which things of a run are."""
    words = {"blocked": _blocked, "parked": _parked, "differs": _differs}
    by_state = {state: [each for each in things if each.state == state] for state in words}
    made = (words[state](of_state) for state, of_state in by_state.items() if of_state)
    return {problem.code: problem for problem in made}


def _blocked(things: Sequence[StoredThing]) -> Problem:
    reasons = list(dict.fromkeys(each.blocked_reason or "" for each in things))
    return Problem(
        "DELIVERY_BLOCKED",
        Severity.WARNING,
        f"{counted(len(things), 'thing')} of this run cannot be delivered: {_listed(reasons)}",
        "Do what it says; the next scan tries again. See `seqauto deliveries --explain RUN`.",
    )


def _parked(things: Sequence[StoredThing]) -> Problem:
    reasons = [f"{_named(each)}: {shown(each.answer or '', limit=_MAX_WORDS)}" for each in things]
    return Problem(
        "DELIVERY_PARKED",
        Severity.ERROR,
        f"the receiver does not take {counted(len(things), 'thing')} of this run: "
        f"{_listed(reasons)}",
        "Correct the cause, here or there, then: seqauto deliver --retry RUN.",
    )


def _differs(things: Sequence[StoredThing]) -> Problem:
    reasons = [f"{_named(each)}: {shown(each.answer or '', limit=_MAX_WORDS)}" for each in things]
    return Problem(
        "DELIVERY_DIFFERS",
        Severity.WARNING,
        f"the receiver holds something else of {counted(len(things), 'thing')} of this run, and "
        f"cannot be told otherwise: {_listed(reasons)}",
        "Correct it over there, or acknowledge this message.",
    )


def _named(thing: StoredThing) -> str:
    return f"{thing.kind.replace('_', ' ')} {shown(thing.key.rpartition('/')[2])}"


def _listed(reasons: Sequence[str]) -> str:
    more = f"; and {len(reasons) - _NAMED} more" if len(reasons) > _NAMED else ""
    return "; ".join(reasons[:_NAMED]) + more
