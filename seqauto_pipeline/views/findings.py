"""What is asked of all sequencing runs after each scan, and which of them fail it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.rule_table import RULES
from seqauto_pipeline.db.models import Message, SequencingRun
from seqauto_pipeline.db.queries.lacking import lacking_runs
from seqauto_pipeline.db.queries.messages import MessageFilter, messages
from seqauto_pipeline.db.queries.overdue import OverdueLimits, overdue_runs
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.readiness import place_words
from seqauto_pipeline.views.words import file_state_words, type_words

_SHEETS = {*RULES, "SHEET_MISSING", "SHEET_NOT_READABLE", "SHEET_REFUSED"}
_UNREADABLE = {
    "UNREADABLE",
    "EMPTY_FILE",
    "NOT_A_REGULAR_FILE",
    "LINK_OUT_OF_ROOT",
    "CONTENT_REFUSED",
    "EXEC_SUMMARY_VALUES_MISSING",
    "EXEC_SUMMARY_VALUES_EMPTY",
    "EXEC_SUMMARY_OTHER_SAMPLE",
    "PROCESSING_FAILED",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that should hold of all sequencing runs."""

    name: str
    asks: str  # for people
    is_error: bool  # else a warning
    codes: frozenset[str] = frozenset()  # of messages that answer it with no
    errors_only: bool = False


@dataclass(frozen=True, slots=True)
class Failing:
    """One sequencing run, or a root, of which it does not hold."""

    where: str
    what: str
    remedy: str  # for people with a shell
    message_id: int | None = None
    run: SequencingRun | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """How one question is answered."""

    question: Question
    failing: tuple[Failing, ...]

    @property
    def sentence(self) -> str:
        if not self.failing:
            return "Holds for all sequencing runs."
        runs = {each.where for each in self.failing}
        return f"Fails for {counted(len(runs), 'sequencing run')}."


SHEETS_VALID = Question(
    "sample_sheets_are_valid",
    "Every run has a sample sheet, and none breaks a rule of severity error.",
    is_error=True,
    codes=frozenset(_SHEETS),
    errors_only=True,
)
FILES_FOUND = Question(
    "expected_files_are_found",
    "All files that sheets and layouts call for are there.",
    is_error=False,
)
READABLE = Question(
    "everything_is_readable",
    "No directory refuses to be read, no file is empty or in error.",
    is_error=True,
    codes=frozenset(_UNREADABLE),
)
MATES = Question(
    "reads_have_their_mates",
    "No R1 is without its R2, or the other way round.",
    is_error=False,
    codes=frozenset({"READ_WITHOUT_MATE"}),
)
OVERDUE = Question(
    "nothing_is_overdue",
    "No run has been complete for longer than overdue_hours and still lacks files.",
    is_error=False,
)
ONE_PLACE = Question(
    "one_place_for_each_flowcell",
    "No run name and no flowcell is in two places.",
    is_error=True,
    codes=frozenset({"DUPLICATE_RUN_NAME", "DUPLICATE_FLOWCELL"}),
)
NOTHING_LOST = Question(
    "no_file_is_lost",
    "Nothing that was there is gone, but for what is archived or acknowledged.",
    is_error=True,
    codes=frozenset({"FILES_DELETED", "RUN_DELETED", "VANISHED"}),
)
QC_IN_RANGE = Question(
    "qc_is_within_its_range",
    "QC figures are within qc_limits and illumina_qc_limits, where these are set for the run's kit "
    "or instrument.",
    is_error=False,
    codes=frozenset({"QC_OUT_OF_RANGE", "ILLUMINA_QC_OUT_OF_RANGE", "ILLUMINA_QC_SAMPLE_SHARE"}),
)
QUESTIONS = (
    SHEETS_VALID,
    FILES_FOUND,
    READABLE,
    MATES,
    OVERDUE,
    ONE_PLACE,
    NOTHING_LOST,
    QC_IN_RANGE,
)


def findings(models: OpenModels) -> tuple[Finding, ...]:
    """Answer every question, the failing runs by place."""
    told = messages(models.session, MessageFilter(), models.now)
    kept = [(message, run) for message, run in told if run is None or not _is_given_up(run)]
    answers: Mapping[str, Callable[[], Iterable[Failing]]] = {
        FILES_FOUND.name: lambda: _lacking(models),
        OVERDUE.name: lambda: _overdue(models),
    }
    return tuple(
        Finding(
            question,
            tuple(answers.get(question.name, lambda: _of_codes(question, kept))()),  # noqa: B023
        )
        for question in QUESTIONS
    )


def _is_given_up(run: SequencingRun) -> bool:
    return run.legacy or run.bad or run.hidden


def _of_codes(
    question: Question, told: Collection[tuple[Message, SequencingRun | None]]
) -> Iterator[Failing]:
    for message, run in told:
        is_meant = message.code in question.codes
        if is_meant and (message.severity == Severity.ERROR or not question.errors_only):
            where = (
                place_words(run.root, run.path) if run is not None else message.path or "the scan"
            )
            is_of_file = run is not None and message.path is not None
            text = f"{message.text} ({message.path})" if is_of_file else message.text
            yield Failing(where, shown(text), message.fix or "", message.id, run)


def _lacking(models: OpenModels) -> Iterator[Failing]:
    archive = models.archive
    for each in lacking_runs(models.session):
        run = each.run
        absent = [
            (kind, DataState(state), count)
            for kind, state, count in each.files
            if archive.state_of(state, kind, run.enrichment_kit, run.date) != ARCHIVED
        ]
        if absent:
            words = ", ".join(
                f"{count:,} {type_words(kind)} {file_state_words(state)}"
                for kind, state, count in absent
            )
            yield Failing(
                place_words(run.root, run.path),
                words,
                "Make or copy the files; the page of the run names the samples that lack them.",
                run=run,
            )


def _overdue(models: OpenModels) -> Iterator[Failing]:
    settings = models.settings
    limits = OverdueLimits(
        settings.overdue_hours, settings.overdue_hours_for_kit, settings.overdue_file_types
    )
    for run in overdue_runs(models.session, limits, models.now):
        missing = ", ".join(f"{count:,} {kind}" for kind, count in run.missing)
        above = run.folder.rpartition("/")[0]
        yield Failing(
            f"{shown(run.name)} in {shown(above)}",
            f"complete since {models.local(run.complete_since)[:16]}, still without {missing}",
            "See whether its analysis was started; say so where nobody expects more of it.",
        )
