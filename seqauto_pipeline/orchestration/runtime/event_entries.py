"""Events of assets and of their checks as Dagster keeps them: whole, or in short."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import dagster as dg

from seqauto_pipeline.orchestration.runtime.dagster_private import (
    RUNLESS_JOB_NAME,
    RUNLESS_RUN_ID,
    StepMaterializationData,
    pack_value,
)

_TOLD = dg.DagsterEventType.ASSET_MATERIALIZATION
_ANSWERED = dg.DagsterEventType.ASSET_CHECK_EVALUATION
# The end of a piece of metadata, as it is packed. Inside a text its quotation marks are escaped.
_NO_DESCRIPTION, _END = '},"description":null}', "}}"


@dataclass(frozen=True, slots=True)
class Source:
    """The step of a Dagster run that tells something."""

    run: dg.DagsterRun
    step: str


def materialized(
    told: dg.AssetMaterialization, source: Source | None, time: float
) -> dg.EventLogEntry:
    """Make the event of a materialization; ``time`` in seconds since the epoch."""
    return _entry(_TOLD, StepMaterializationData(told), told.description, source, time)


def evaluated(answer: dg.AssetCheckEvaluation, source: Source, time: float) -> dg.EventLogEntry:
    """Make the event of a check that was answered."""
    return _entry(_ANSWERED, answer, answer.description, source, time)


def _entry(
    kind: dg.DagsterEventType,
    data: StepMaterializationData | dg.AssetCheckEvaluation,
    message: str | None,
    source: Source | None,
    time: float,
) -> dg.EventLogEntry:
    job = source.run.job_name if source is not None else RUNLESS_JOB_NAME
    step = source.step if source is not None else None
    return dg.EventLogEntry(  # type: ignore[no-untyped-call]  # Dagster gives it no types
        error_info=None,
        level="debug",
        user_message="",
        run_id=source.run.run_id if source is not None else RUNLESS_RUN_ID,
        timestamp=time,
        step_key=step,
        job_name=job,
        dagster_event=dg.DagsterEvent(
            event_type_value=kind.value,
            job_name=job,
            step_key=step,
            event_specific_data=data,
            message=message,
        ),
    )


def in_short(entry: dg.EventLogEntry) -> dg.EventLogEntry:
    """Leave out what the page of a scan does not need, which links to the asset and the check.

    Of a materialization stays what was told of, with its description as the message that is shown
    there; of a check all but its tables.
    """
    event = entry.get_dagster_event()
    data = event.event_specific_data
    if isinstance(data, dg.AssetCheckEvaluation):
        return _with(entry, _without_tables(data))
    told = event.step_materialization_data.materialization
    return _with(entry, _reduced(told, None, {}))


def _without_tables(answer: dg.AssetCheckEvaluation) -> dg.AssetCheckEvaluation:
    kept = {
        name: value
        for name, value in answer.metadata.items()
        if not isinstance(value, dg.TableMetadataValue)
    }
    return dg.AssetCheckEvaluation(
        answer.asset_key,
        answer.check_name,
        answer.passed,
        kept,
        severity=answer.severity,
        description=answer.description,
    )


def superseded(entry: dg.EventLogEntry) -> dg.EventLogEntry:
    """Leave of a page that there is a newer one of its description and its numbers."""
    event = entry.get_dagster_event()
    told = event.step_materialization_data.materialization
    numbers = dg.IntMetadataValue
    kept = {name: each for name, each in told.metadata.items() if isinstance(each, numbers)}
    shorter = entry._replace(dagster_event=event._replace(message=None))
    return _with(shorter, _reduced(told, told.description, kept))


def _reduced(
    told: dg.AssetMaterialization,
    description: str | None,
    metadata: Mapping[str, dg.MetadataValue],
) -> StepMaterializationData:
    return StepMaterializationData(
        dg.AssetMaterialization(told.asset_key, description, metadata, told.partition)
    )


def _with(
    entry: dg.EventLogEntry, data: StepMaterializationData | dg.AssetCheckEvaluation
) -> dg.EventLogEntry:
    event = entry.get_dagster_event()
    return entry._replace(dagster_event=event._replace(event_specific_data=data))


def written(entry: dg.EventLogEntry) -> str:
    """Write an event as JSON, in fewer bytes than Dagster does, which reads the same out of it.

    Dagster adds blanks, six bytes for a character that is not ASCII, and descriptions that are
    null; and it takes twice the time, for it leaves the objects to the writer of JSON.
    """
    packed = pack_value(entry)
    text = json.dumps(packed, ensure_ascii=False, separators=(",", ":"))
    if not _has_utf8(text):
        text = json.dumps(packed, separators=(",", ":"))
    return text.replace(_NO_DESCRIPTION, _END)


def _has_utf8(text: str) -> bool:
    """Whether a database can store a text: it cannot where a name on a disk is no UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
