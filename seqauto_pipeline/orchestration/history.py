"""The scans there were, in the user's words, read off Dagster's runs and events."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import dagster as dg

from seqauto_pipeline.errors import UnknownScanError
from seqauto_pipeline.orchestration.beside_the_record import NOTED
from seqauto_pipeline.orchestration.cancelling import CANCELLED
from seqauto_pipeline.orchestration.run_config import chosen_options
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    EngineEventData,
    JobFailureData,
    RegisteredCodeLocationOrigin,
    SerializableErrorInfo,
)
from seqauto_pipeline.orchestration.runtime.foreseen import (
    CUT_OFF,
    foreseen,
    telling,
    without_class,
)
from seqauto_pipeline.orchestration.step_tables import (
    StoredCell,
    figure_for_programs,
    key_of,
    rows_for_programs,
)
from seqauto_pipeline.orchestration.tags import (
    CANCELLED_TAG,
    RETRY_NUMBER_TAG,
    SCAN_JOB,
    SCHEDULE_TAG,
    SENSOR_TAG,
)
from seqauto_pipeline.orchestration.times import from_timestamp, in_utc

SHORT_ID = 8
LATEST, LATEST_FINISHED = "latest", "latest-finished"

Number = str | int | float


class ScanState(StrEnum):
    CREATED = "Created"  # waiting for its turn, too
    SCANNING_FILES = "Scanning Files"
    CREATE_MODELS = "Create Models"
    SCRIPTS_AND_JOBS = "Scripts and Jobs"
    FINISHED = "Finished"
    ERROR = "Error"
    CANCELLED = "Cancelled"


_STATE_OF_STEP = {
    "scan_files": ScanState.SCANNING_FILES,
    "gather_files": ScanState.SCANNING_FILES,
    "parse_sample_sheets": ScanState.CREATE_MODELS,
    "create_models": ScanState.CREATE_MODELS,
    "finish_models": ScanState.CREATE_MODELS,
    "scripts_and_jobs": ScanState.SCRIPTS_AND_JOBS,
}
_STATE_OF_STATUS = {
    dg.DagsterRunStatus.SUCCESS: ScanState.FINISHED,
    dg.DagsterRunStatus.FAILURE: ScanState.ERROR,
    dg.DagsterRunStatus.CANCELED: ScanState.CANCELLED,
}
_EVENTS = {
    dg.DagsterEventType.ENGINE_EVENT,
    dg.DagsterEventType.STEP_START,
    dg.DagsterEventType.STEP_OUTPUT,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.RUN_FAILURE,
    dg.DagsterEventType.RUN_CANCELED,
}
_CUT_OFF_WORDS = (
    "Dagster's storage could not be reached or written to, and the scan was cut off. Check that "
    "its database runs and that its disk has room (`seqauto doctor`), then scan again."
)
_STEP_ENDS = {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE}


@dataclass(frozen=True, slots=True)
class Step:
    """One op of a scan, as far as it got."""

    name: str
    state: ScanState  # what the user calls a scan that is at this step
    began: dt.datetime
    seconds: float | None  # None while it works, and when it died
    numbers: Mapping[str, Number]  # what it found and did
    tables: Mapping[str, tuple[Mapping[str, StoredCell], ...]]


@dataclass(frozen=True, slots=True)
class ScanFailure:
    message: str
    traceback: str  # of the innermost error; "" where there is none
    error: str = ""  # name of the class of the innermost error


@dataclass(frozen=True, slots=True)
class ScanStory:
    """One scan in full."""

    id: str  # of the Dagster run
    state: ScanState
    launched_by: str
    created: dt.datetime
    ended: dt.datetime | None
    steps: tuple[Step, ...]
    failure: ScanFailure | None
    notes: tuple[str, ...]  # what Dagster said of it, such as which scan it waits for
    config: Mapping[str, object]  # the launch options that differ from their defaults
    signal: str | None = None  # that cancelled it: SIGINT, SIGTERM or SIGHUP

    @property
    def short_id(self) -> str:
        return self.id[:SHORT_ID]

    @property
    def seconds(self) -> float | None:
        return (self.ended - self.created).total_seconds() if self.ended else None

    def number(self, key: str) -> Number | None:
        """What the scan reported under a key: the last step that has the key counts."""
        return next(
            (step.numbers[key] for step in reversed(self.steps) if key in step.numbers), None
        )


def scan_stories(
    instance: dg.DagsterInstance, limit: int | None = None, offset: int = 0
) -> tuple[ScanStory, ...]:
    """Read a page of scans, most recent first."""
    wanted = None if limit is None else limit + offset
    records = instance.get_run_records(dg.RunsFilter(job_name=SCAN_JOB), limit=wanted)
    return tuple(_story(instance, record) for record in records[offset:])


def scan_story(instance: dg.DagsterInstance, scan: str) -> ScanStory:
    """Read one scan; ``scan`` as for `find_scan`."""
    record = instance.get_run_record_by_id(find_scan(instance, scan))
    if record is None:  # deleted just now
        raise UnknownScanError(scan, "it was deleted")
    return _story(instance, record)


def find_scan(instance: dg.DagsterInstance, scan: str, but: str | None = None) -> str:
    """Give the full id for a shortened one, for latest, or for latest-finished.

    ``but`` is the scan that asks, which cannot mean itself.
    """
    if scan in (LATEST, LATEST_FINISHED):
        return _latest(instance, scan, but)
    ids = instance.get_run_ids(dg.RunsFilter(job_name=SCAN_JOB))
    found = [each for each in ids if scan and each.startswith(scan) and each != but]
    if len(found) == 1:
        return found[0]
    if found:
        examples = ", ".join(each[: len(scan) + 4] for each in found[:3])
        raise UnknownScanError(scan, f"{len(found)} scans have an id that starts so: {examples}")
    raise unknown_scan(scan)


def _latest(instance: dg.DagsterInstance, scan: str, but: str | None) -> str:
    statuses = [dg.DagsterRunStatus.SUCCESS] if scan == LATEST_FINISHED else []
    ids = instance.get_run_ids(dg.RunsFilter(job_name=SCAN_JOB, statuses=statuses), limit=2)
    found = [each for each in ids if each != but]
    if not found:
        raise unknown_scan(scan)
    return found[0]


def unknown_scan(scan: str) -> UnknownScanError:
    """Say that no scan is called so."""
    words = {LATEST: "there was none yet", LATEST_FINISHED: "no scan has finished yet"}
    unknown = "no scan of this DAGSTER_HOME has an id that starts so"
    return UnknownScanError(scan, words.get(scan, unknown))


def _story(instance: dg.DagsterInstance, record: dg.RunRecord) -> ScanStory:
    run = record.dagster_run
    entries = [each for each in instance.all_logs(run.run_id, _EVENTS) if each.dagster_event]
    steps = tuple(_steps(entries))
    return ScanStory(
        id=run.run_id,
        state=_state(run.status, steps),
        launched_by=launched_by(run),
        created=in_utc(record.create_timestamp),
        ended=from_timestamp(record.end_time) if record.end_time else None,
        steps=steps,
        failure=_failure(run, entries) if run.status in _STATE_OF_STATUS else None,
        signal=run.tags.get(CANCELLED_TAG) or None,
        notes=tuple(each.user_message or each.message for each in entries if _is_note(each)),
        config=chosen_options(run.run_config),
    )


def _state(status: dg.DagsterRunStatus, steps: Sequence[Step]) -> ScanState:
    if status in _STATE_OF_STATUS:
        return _STATE_OF_STATUS[status]
    return steps[-1].state if steps else ScanState.CREATED


def launched_by(run: dg.DagsterRun) -> str:
    """Who launched it. Re-executions keep the tags of the first scan, which say nothing of them."""
    if RETRY_NUMBER_TAG in run.tags:
        return "retry"
    if run.parent_run_id is None and SCHEDULE_TAG in run.tags:
        return "schedule"
    if run.parent_run_id is None and SENSOR_TAG in run.tags:
        return "sensor"
    return "command line" if _ran_where_it_was_started(run) else "web UI"


def _ran_where_it_was_started(run: dg.DagsterRun) -> bool:
    """Whether no code server ran it: such a scan names none, or none with an address."""
    origin = run.remote_job_origin
    return origin is None or isinstance(
        origin.repository_origin.code_location_origin, RegisteredCodeLocationOrigin
    )


def _steps(entries: Sequence[dg.EventLogEntry]) -> Iterator[Step]:
    for entry in entries:
        if _type(entry) is dg.DagsterEventType.STEP_START and entry.step_key in _STATE_OF_STEP:
            yield _step(entry, [each for each in entries if each.step_key == entry.step_key])


def _step(start: dg.EventLogEntry, entries: Sequence[dg.EventLogEntry]) -> Step:
    name = str(start.step_key)
    ends = [each.timestamp for each in entries if _type(each) in _STEP_ENDS]
    metadata = {key_of(name): value for each in entries for name, value in _metadata(each).items()}
    return Step(
        name=name,
        state=_STATE_OF_STEP[name],
        began=from_timestamp(start.timestamp),
        seconds=round(ends[-1] - start.timestamp, 3) if ends else None,
        numbers={
            key: number
            for key, value in metadata.items()
            if (number := figure_for_programs(value)) is not None
        },
        tables={
            key: rows_for_programs(value)
            for key, value in metadata.items()
            if isinstance(value, dg.TableMetadataValue)
        },
    )


def _metadata(entry: dg.EventLogEntry) -> Mapping[str, dg.MetadataValue]:
    event = entry.get_dagster_event()
    if event.event_type is dg.DagsterEventType.STEP_OUTPUT:
        return event.step_output_data.metadata
    if event.event_type is dg.DagsterEventType.STEP_FAILURE:
        said = event.step_failure_data.user_failure_data
        return said.metadata if said else {}
    return {}


def _failure(run: dg.DagsterRun, entries: Sequence[dg.EventLogEntry]) -> ScanFailure | None:
    """What cancelled it; else the first step's own error; where no step failed, what ended it."""
    for entry in entries:
        message = entry.get_dagster_event().message or ""
        if message.startswith(CANCELLED):
            return ScanFailure(message, "")
    told = foreseen(run)
    if told is not None:
        return ScanFailure(told.message, told.traceback, told.error)
    for entry in entries:
        event = entry.get_dagster_event()
        if event.event_type is dg.DagsterEventType.STEP_FAILURE:
            step = event.step_failure_data
            said = step.user_failure_data.description if step.user_failure_data else None
            return _told(step.error, said, entry)
    for entry in reversed(entries):
        event = entry.get_dagster_event()
        if event.event_type is dg.DagsterEventType.RUN_FAILURE:
            data = event.event_specific_data  # none where others reported the failure
            error = data.error if isinstance(data, JobFailureData) else None
            if error is None or error.cls_name == CUT_OFF:
                error = _trouble_beside_it(entries) or error
            return _told(error, None, entry)
        if event.event_type is dg.DagsterEventType.RUN_CANCELED:
            return ScanFailure(event.message or "The scan was cancelled.", "")
    return None


def _trouble_beside_it(entries: Sequence[dg.EventLogEntry]) -> SerializableErrorInfo | None:
    """The error of a scan that never ran, or was cut off: that of its launch, or of its process."""
    for entry in reversed(entries):
        data = entry.get_dagster_event().event_specific_data
        if isinstance(data, EngineEventData) and data.error is not None:
            return data.error
    return None


def _told(
    error: SerializableErrorInfo | None, said: str | None, entry: dg.EventLogEntry
) -> ScanFailure:
    if error is None:
        return ScanFailure(said or entry.get_dagster_event().message or entry.message, "")
    if error.cls_name == CUT_OFF:
        return ScanFailure(_CUT_OFF_WORDS, error.to_string())
    cause = telling(error)
    return ScanFailure(
        said or without_class(cause), cause.to_string(), str(cause.cls_name).rpartition(".")[2]
    )


def _is_note(entry: dg.EventLogEntry) -> bool:
    """Engine events that a person wants to read: of the wait for the lock, retries, trouble."""
    words = (
        *("Waiting for scan", "Retrying the run", "Launched as an automatic retry"),
        *(*NOTED, "Backup", "The scan lock", "The clock was ahead"),
    )
    return _type(entry) is dg.DagsterEventType.ENGINE_EVENT and any(
        each in (entry.get_dagster_event().message or "") for each in words
    )


def _type(entry: dg.EventLogEntry) -> dg.DagsterEventType:
    return entry.get_dagster_event().event_type
