"""Everything that one scan changes of one sequencing run, worked out before anything is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import InputRole, RunListing
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.changes import compare_sheets
from seqauto_pipeline.core.verdict.accounting import UnexpectedEntry
from seqauto_pipeline.core.verdict.messages import (
    STICKY_CODES,
    MessageChanges,
    OpenMessage,
    message_keys,
    reconcile_messages,
    sheet_change_key,
    sheet_changed,
    undone_sheet_changes,
)
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample, ParsedRun, ReadSheet
from seqauto_pipeline.core.verdict.reconcile import (
    FileChange,
    FileKey,
    FileRecord,
    ScanIds,
    delete_files,
    reconcile_files,
    skip_files,
)
from seqauto_pipeline.core.verdict.run_judgement import (
    KnownRun,
    RunJudgement,
    RunRecord,
    run_facts_for_people,
)

CROSS_RUN_CODES = frozenset({"DUPLICATE_RUN_NAME", "DUPLICATE_FLOWCELL"})


@dataclass(frozen=True, slots=True)
class RunThen:
    """What was known of a run on the day of an old file list that is applied again."""

    data_state: RunState | None  # None: no scan had seen it
    had_sheet: bool


@dataclass(frozen=True, slots=True)
class StoredRun:
    """All that is stored of one run when a scan comes to judge it."""

    record: RunRecord
    samples: tuple[JudgedSample, ...] = ()  # of its current sheet
    sheet_md5: str | None = None
    files: Mapping[FileKey, FileRecord] = field(default_factory=dict)
    signatures: Mapping[FileKey, str] = field(default_factory=dict)  # of loaded contents
    content_problems: Mapping[FileKey, tuple[Problem, ...]] = field(default_factory=dict)
    messages: tuple[OpenMessage, ...] = ()  # open ones
    unexpected: Mapping[str, UnexpectedEntry] = field(default_factory=dict)
    genes: Mapping[str, frozenset[str]] = field(default_factory=dict)  # loaded lists, by slot
    has_second_read: bool | None = None  # None: its RunInfo was never read
    lanes: int | None = None

    @property
    def known(self) -> KnownRun:
        return self._known(frozenset())

    def known_then(self, then: RunThen, later: frozenset[int]) -> KnownRun:
        """Leave out what ``later`` scans, those of younger file lists, have added."""
        return replace(
            self._known(later),
            record=replace(self.record, data_state=then.data_state or RunState.ERROR),
            sheet_md5=self.sheet_md5 if then.had_sheet else None,
        )

    def _known(self, later: frozenset[int]) -> KnownRun:
        seen = (
            file.was_seen_at
            for file in self.files.values()
            if not file.retired and file.first_seen_scan_id not in later
        )
        return KnownRun(
            record=self.record,
            samples=self.samples,
            sheet_md5=self.sheet_md5,
            seen_paths=frozenset(path for path in seen if path is not None),
            has_second_read=self.has_second_read,
            lanes=self.lanes,
        )


class JsonText(str):
    """JSON, written where it was read: nobody on its way to the database looks into it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ContentResult:
    """What reading one file's content gave."""

    signature: str
    data: JsonText | None  # an object
    problems: tuple[Problem, ...]  # with the path of the file

    @property
    def error_code(self) -> str | None:
        errors = (each.code for each in self.problems if each.severity is Severity.ERROR)
        return next(errors, None)


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a run's files: which were read in this scan, and what holds of the rest."""

    read: Mapping[FileKey, ContentResult] = field(default_factory=dict)
    problems: Mapping[FileKey, tuple[Problem, ...]] = field(default_factory=dict)  # of all
    pending: bool = False  # a file changed or went while it was read: judge the run again

    @property
    def error_codes(self) -> dict[FileKey, str]:
        codes = {}
        for key, problems in self.problems.items():
            errors = [each.code for each in problems if each.severity is Severity.ERROR]
            if errors:
                codes[key] = errors[0]
        return codes


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
        places = (old.root, old.path, old.data_state) != (new.root, new.path, new.data_state)
        return places or old.state_reason != new.state_reason

    @property
    def changes_something(self) -> bool:
        parts = (self.sheet, self.files, self.contents, self.messages)
        more = (self.unexpected.found, self.unexpected.gone)
        return self.record != self.old_record or any(parts) or any(more)


def plan_run(
    judgement: RunJudgement,
    parsed: ParsedRun,
    listing: RunListing,
    stored: StoredRun | None,
    contents: Contents,
    scan: ScanIds,
    fingerprint: str,
) -> RunPlan:
    """Work out what to store of a run that was looked at."""
    files = _file_changes(judgement, listing, stored, contents, scan)
    problems = (*judgement.problems, *_content_problems(contents))
    final = judgement.is_final and not contents.pending
    return RunPlan(
        record=judgement.record,
        old_record=None if stored is None else stored.record,
        facts=run_facts_for_people(parsed.facts, judgement.markers)
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


def _says_what_it_is(judgement: RunJudgement) -> bool:
    """Tell whether this scan could read of the run itself whatever there is to read."""
    looked_into = judgement.was_looked_into and judgement.record.data_state is not RunState.SKIPPED
    return looked_into and not judgement.is_metadata_hidden


def plan_deleted_run(stored: StoredRun, scan: ScanIds) -> RunPlan:
    """Work out what to store of a run folder that is gone: it is marked, and kept."""
    record = stored.record
    return RunPlan(
        record=_with_state(record, RunState.DELETED, "the run folder is gone"),
        old_record=record,
        files=delete_files(stored.files, scan),
        messages=reconcile_messages({}, stored.messages),
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
        "Report it with this text; skip the folder with a skip marker if it disturbs.",
    )
    found = message_keys([problem])
    messages = () if stored is None else stored.messages
    return RunPlan(
        record=_with_state(old or record, RunState.ERROR, error.strip().rpartition("\n")[2]),
        old_record=old,
        messages=reconcile_messages(found, messages, keep=lambda _: True),
    )


def _file_changes(
    judgement: RunJudgement,
    listing: RunListing,
    stored: StoredRun | None,
    contents: Contents,
    scan: ScanIds,
) -> tuple[FileChange, ...]:
    files = stored.files if stored is not None else {}
    if judgement.record.data_state is RunState.SKIPPED:
        return skip_files(files)
    if not judgement.files_are_known:
        return ()
    return reconcile_files(judgement.expected, listing, files, contents.error_codes, scan)


def _content_problems(contents: Contents) -> tuple[Problem, ...]:
    return tuple(problem for problems in contents.problems.values() for problem in problems)


def _sheet_content(listing: RunListing) -> bytes:
    found = listing.inputs.get(InputRole.SAMPLE_SHEET)
    return found.data if found is not None else b""


def _sheet_to_store(
    judgement: RunJudgement, parsed: ParsedRun, stored: StoredRun | None
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
    judgement: RunJudgement,
    parsed: ParsedRun,
    listing: RunListing,
    stored: StoredRun | None,
    problems: Collection[Problem],
    files: tuple[FileChange, ...],
) -> MessageChanges:
    found = message_keys(problems) | _about_the_sheet_change(judgement, parsed, stored, files)
    messages = stored.messages if stored is not None else ()
    md5 = parsed.sheet.md5 if parsed.sheet is not None else None
    undone = undone_sheet_changes(messages, md5)

    def keep(message: OpenMessage) -> bool:
        if message.problem.code in CROSS_RUN_CODES or not judgement.was_looked_into:
            return True
        if message.problem.code in STICKY_CODES:
            return message.id not in undone
        path = message.problem.path
        return path is not None and listing.what_hides(path) is not None

    return reconcile_messages(found, messages, keep)


def _about_the_sheet_change(
    judgement: RunJudgement,
    parsed: ParsedRun,
    stored: StoredRun | None,
    files: tuple[FileChange, ...],
) -> dict[str, Problem]:
    if stored is None or stored.sheet_md5 is None or parsed.sheet is None:
        return {}
    if stored.sheet_md5 == parsed.sheet.md5 or not judgement.was_looked_into:
        return {}
    if undone_sheet_changes(stored.messages, parsed.sheet.md5):
        return {}
    difference = compare_sheets(
        (judged.sample for judged in stored.samples),
        (judged.sample for judged in parsed.sheet.samples),
    )
    problem = sheet_changed(
        meaningful=difference.meaningful,
        lines=difference.lines,
        added=sum(change.old is None for change in files),
        retired=sum(
            change.new.retired and change.old is not None and not change.old.retired
            for change in files
        ),
    )
    return {sheet_change_key(stored.sheet_md5, parsed.sheet.md5): problem}


def _unexpected_changes(judgement: RunJudgement, stored: StoredRun | None) -> UnexpectedChanges:
    if not judgement.files_are_known:
        return UnexpectedChanges()
    known = stored.unexpected if stored is not None else {}
    paths = {entry.path for entry in judgement.unexpected}
    return UnexpectedChanges(
        found=tuple(entry for entry in judgement.unexpected if known.get(entry.path) != entry),
        gone=tuple(path for path in known if path not in paths),
    )
