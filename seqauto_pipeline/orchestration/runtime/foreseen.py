"""Errors of ours shown in the web UI without a traceback, which is for errors nobody foresaw.

Dagster stores one with every failure. What the command line shows of it, the words for people with
a shell and the traceback, goes into a tag that the web UI hides.
"""

import json
from dataclasses import asdict, dataclass

import dagster as dg

from seqauto_pipeline.errors import UnknownRootError, UnknownRunError, UnknownScanError
from seqauto_pipeline.orchestration.runtime.dagster_private import SerializableErrorInfo
from seqauto_pipeline.orchestration.tags import FAILURE_TAG

# What Dagster notes of a scan when an event of it cannot be stored: its own way to stop the rest.
CUT_OFF = "GeneratorExit"
_LONGEST = 12_000  # characters of a traceback, its end
_REFUSALS = frozenset(
    each.__name__ for each in (UnknownRootError, UnknownScanError, UnknownRunError)
)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A failure as it is told to who has a shell."""

    message: str
    traceback: str
    is_refused: bool = False  # the launch asked for what cannot be: nobody else is told
    error: str = ""  # name of its class


def as_shown(event: dg.DagsterEvent) -> dg.DagsterEvent:
    """Give the failure of a step without its traceback, where a person is told what it is."""
    if not event.is_step_failure:
        return event
    data = event.step_failure_data
    said = data.user_failure_data
    if said is None or not said.description:
        return event
    plain = SerializableErrorInfo(f"{said.description}\n", stack=(), cls_name=None)
    return event._replace(event_specific_data=data._replace(error=plain))


def hide_tracebacks(instance: dg.DagsterInstance, scan: dg.DagsterRun) -> None:
    """Store the failures of a scan's steps as they are shown."""
    failures = instance.get_records_for_run(scan.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    for record in failures.records:
        entry = record.event_log_entry
        event = entry.get_dagster_event()
        shown = as_shown(event)
        if shown is not event:
            instance.add_run_tags(scan.run_id, {FAILURE_TAG: _to_tag(event)})
            storage = instance.event_log_storage
            storage.update_event_log_record(  # type: ignore[attr-defined]  # all of ours have it
                record.storage_id, entry._replace(dagster_event=shown)
            )


def foreseen(scan: dg.DagsterRun) -> Foreseen | None:
    """Read what the command line tells of a failure; None of one of another version's."""
    try:
        return Foreseen(**json.loads(scan.tags.get(FAILURE_TAG, "{}")))
    except (TypeError, ValueError):
        return None


def telling(error: SerializableErrorInfo) -> SerializableErrorInfo:
    """Choose, of an error and its causes, our own; else the first cause."""
    chain = [error]
    while (cause := chain[-1].cause) is not None and cause.cls_name != CUT_OFF:
        chain.append(cause)
    return next(filter(_is_own, chain), chain[-1])


def without_class(error: SerializableErrorInfo) -> str:
    """Give the words of an error of ours; others keep the name of their class."""
    text = error.message.partition(": ")[2] if _is_own(error) else error.message
    return text.strip() or str(error.cls_name)


def _is_own(error: SerializableErrorInfo) -> bool:
    name = error.message.partition(": ")[0]
    return name.startswith("seqauto_pipeline.") and name.endswith(str(error.cls_name))


def _to_tag(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    if error is None:
        return json.dumps({"message": event.message or "", "traceback": ""})
    cause = telling(error)
    words = cause.message.partition(": ")[2] or cause.message
    name = str(cause.cls_name).rpartition(".")[2]
    trace = cause.to_string()[-_LONGEST:]
    told = Foreseen(words.strip(), trace, is_refused=name in _REFUSALS, error=name)
    return json.dumps(asdict(told))
