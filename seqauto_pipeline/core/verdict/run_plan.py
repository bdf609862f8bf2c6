"""Everything that one scan changes of one sequencing run, worked out before anything is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seqauto_pipeline.core.beside import is_beside
from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import InputRole, RunListing
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.file_contents import ContentResult, Contents
from seqauto_pipeline.core.verdict.lost_files import (
    FILES_DELETED,
    about_lost_files,
    lost_records,
    run_deleted,
)
from seqauto_pipeline.core.verdict.messages import (
    MessageChanges,
    OpenMessage,
    message_keys,
    reconcile_messages,
)
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun, ReadSheet
from seqauto_pipeline.core.verdict.reconcile import (
    FileChange,
    FileKey,
    ScanIds,
    delete_files,
    lose_sight,
    reconcile_files,
    skip_files,
)
from seqauto_pipeline.core.verdict.run_record import RunRecord, run_facts_for_people
from seqauto_pipeline.core.verdict.sheet_messages import (
    STICKY_CODES,
    about_sheet_change,
    undone_sheet_changes,
)
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.core.verdict.unexpected_files import UnexpectedEntry

CROSS_RUN_CODES = frozenset({"DUPLICATE_RUN_NAME", "DUPLICATE_FLOWCELL"})
# Opened and closed by deliveries, and not by the scan of a run.
DELIVERY_CODES = frozenset({"DELIVERY_BLOCKED", "DELIVERY_PARKED", "DELIVERY_DIFFERS"})
# Opened and closed by what asks for jobs.
JOB_CODES = frozenset({"JOB_FAILED", "JOB_CANCELLED", "JOB_LOST", "JOB_LEFT_NO_FILE"})
_OF_OTHERS = CROSS_RUN_CODES | DELIVERY_CODES | JOB_CODES

if TYPE_CHECKING:  # who only stores plans does without all that judges
    from seqauto_pipeline.core.verdict.run_judgement import RunJudgement


@dataclass(frozen=True, slots=True)
class UnexpectedChanges:
    found: tuple[UnexpectedEntry, ...] = ()  # new, or with another size or time
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What to store of one run. What is None or empty stays as it is."""

    record: RunRecord
    old_record: RunRecord | None
    facts: dict[str, object] | None = None
    fingerprint: str | None = None
    sheet: ReadSheet | None = None  # the current sheet or its samples are to be stored
    sheet_content: bytes = b""
    files: tuple[FileChange, ...] = ()
    contents: Mapping[FileKey, ContentResult] = field(default_factory=dict)
    messages: MessageChanges = field(default_factory=MessageChanges)
    unexpected: UnexpectedChanges = field(default_factory=UnexpectedChanges)

    @property
    def is_state_change(self) -> bool:
        old, new = self.old_record, self.record
        if old is None:
            return True
        before = (old.root, old.path, old.data_state, old.state_reason)
        return before != (new.root, new.path, new.data_state, new.state_reason)

    @property
    def changes_something(self) -> bool:
        parts = (self.sheet, self.files, self.contents, self.messages)
        unexpected = (self.unexpected.found, self.unexpected.gone)
        return self.record != self.old_record or any(parts) or any(unexpected)


def plan_run(
    judgement: "RunJudgement",
    parsed: ParsedRun,
    listing: RunListing,
    stored: StoredRun | None,
    contents: Contents,
    scan: ScanIds,
    fingerprint: str,
) -> RunPlan:
    """Work out what to store of a run that was looked at."""
    files = _file_changes(judgement, listing, stored, contents, scan)
    problems = message_keys((*judgement.problems, *_content_problems(contents)))
    problems |= _about_lost_files(judgement, stored, files, scan)
    final = judgement.is_final and not contents.pending
    return RunPlan(
        record=judgement.record,
        old_record=None if stored is None else stored.record,
        facts=run_facts_for_people(parsed, judgement.markers, judgement.analyses)
        if _says_what_it_is(judgement)
        else None,
        fingerprint=fingerprint if final else None,
        sheet=_sheet_to_store(judgement, parsed, stored),
        sheet_content=_sheet_content(listing),
        files=files,
        contents=contents.read,
        messages=_message_changes(judgement, parsed, listing, stored, problems, files),
        unexpected=_unexpected_changes(judgement, stored),
    )


def _says_what_it_is(judgement: "RunJudgement") -> bool:
    """Tell whether this scan could read of the run itself whatever there is to read."""
    looked_into = judgement.was_looked_into and judgement.record.data_state is not RunState.SKIPPED
    return looked_into and not judgement.is_metadata_hidden


def plan_deleted_run(stored: StoredRun, scan: ScanIds, *, is_given_up: bool = False) -> RunPlan:
    """Work out what to store of a run folder that is gone: it is marked, and kept.

    Nobody looked for files beside the folder, so they stay as they were. Of one whose scan root was
    given up nobody need be told: a person has said so.
    """
    record = stored.record
    gone = {
        key: file
        for key, file in stored.files.items()
        if is_given_up or not is_beside(file.was_seen_at or file.path)
    }
    reason = "its scan root was given up" if is_given_up else "the run folder is gone"
    problems = () if is_given_up else run_deleted(gone.values())
    return RunPlan(
        record=_with_state(record, RunState.DELETED, reason),
        old_record=record,
        files=delete_files(gone, scan),
        messages=reconcile_messages(message_keys(problems), stored.messages),
        unexpected=UnexpectedChanges(gone=tuple(stored.unexpected)),
    )


def _with_state(record: RunRecord, state: RunState, reason: str | None) -> RunRecord:
    return replace(record, data_state=state, state_reason=reason)


def plan_failed_run(record: RunRecord, stored: StoredRun | None, error: str) -> RunPlan:
    """Work out what to store of a run whose processing failed: the error, and nothing else.

    ``record`` stands for a run that nothing is stored of; ``error`` is a traceback.
    """
    old = None if stored is None else stored.record
    problem = Problem(
        "PROCESSING_FAILED",
        Severity.ERROR,
        f"this run could not be processed, which is a fault of the program: {error}",
        "Report it with this text; `seqauto skip RUN --why TEXT` if it disturbs.",
    )
    found = message_keys([problem])
    messages = () if stored is None else stored.messages
    return RunPlan(
        record=_with_state(old or record, RunState.ERROR, error.strip().rpartition("\n")[2]),
        old_record=old,
        messages=reconcile_messages(found, messages, keep=lambda _: True),
    )


def _file_changes(
    judgement: "RunJudgement",
    listing: RunListing,
    stored: StoredRun | None,
    contents: Contents,
    scan: ScanIds,
) -> tuple[FileChange, ...]:
    files = stored.files if stored is not None else {}
    if judgement.record.data_state is RunState.SKIPPED:
        return skip_files(files, scan)
    if not judgement.files_are_known:
        return lose_sight(files, scan)
    return reconcile_files(judgement.expected, listing, files, contents.error_codes, scan)


def _about_lost_files(
    judgement: "RunJudgement",
    stored: StoredRun | None,
    files: tuple[FileChange, ...],
    scan: ScanIds,
) -> dict[str, Problem]:
    """Tell of files that were there; not of those that are archived, or need not be there."""
    if stored is None or not judgement.files_are_known:
        return {}
    records = {**stored.files, **{change.new.key: change.new for change in files}}
    optional = {file.key for file in judgement.expected if file.if_present}
    run, archive = judgement.record, judgement.archive
    lost = (
        record
        for record in lost_records(records.values(), optional)
        if not archive.covers(record.file_type, run.enrichment_kit, run.date)
    )
    return about_lost_files(lost, scan.days)


def _content_problems(contents: Contents) -> tuple[Problem, ...]:
    return tuple(problem for problems in contents.problems.values() for problem in problems)


def _sheet_content(listing: RunListing) -> bytes:
    found = listing.inputs.get(InputRole.SAMPLE_SHEET)
    return found.data if found is not None else b""


def _sheet_to_store(
    judgement: "RunJudgement", parsed: ParsedRun, stored: StoredRun | None
) -> ReadSheet | None:
    """Give the sheet when it, or what the settings make of its samples, is not what is stored."""
    looked_into = judgement.was_looked_into and judgement.record.data_state is not RunState.SKIPPED
    if parsed.sheet is None or not looked_into:
        return None
    if stored is not None and stored.sheet_md5 == parsed.sheet.md5:
        is_judged_the_same = stored.samples == parsed.sheet.samples or judgement.is_metadata_hidden
        return None if is_judged_the_same else parsed.sheet
    return parsed.sheet


def _message_changes(
    judgement: "RunJudgement",
    parsed: ParsedRun,
    listing: RunListing,
    stored: StoredRun | None,
    found: Mapping[str, Problem],
    files: tuple[FileChange, ...],
) -> MessageChanges:
    if judgement.was_looked_into:
        changed = about_sheet_change(stored, parsed.sheet, files, judgement.expected)
        found = {**found, **changed}
    messages = stored.messages if stored is not None else ()
    md5 = parsed.sheet.md5 if parsed.sheet is not None else None
    undone = undone_sheet_changes(messages, md5)
    is_skipped = judgement.record.data_state is RunState.SKIPPED

    def keep(message: OpenMessage) -> bool:
        if message.problem.code in _OF_OTHERS or not judgement.was_looked_into:
            return True
        if message.problem.code in STICKY_CODES:
            return message.id not in undone
        if message.problem.code == FILES_DELETED:
            return not judgement.files_are_known and not is_skipped
        path = message.problem.path
        return path is not None and listing.what_hides(path) is not None

    return reconcile_messages(found, messages, keep)


def _unexpected_changes(judgement: "RunJudgement", stored: StoredRun | None) -> UnexpectedChanges:
    if not judgement.files_are_known:
        return UnexpectedChanges()
    known = stored.unexpected if stored is not None else {}
    paths = {entry.path for entry in judgement.unexpected}
    return UnexpectedChanges(
        found=tuple(entry for entry in judgement.unexpected if known.get(entry.path) != entry),
        gone=tuple(path for path in known if path not in paths),
    )
