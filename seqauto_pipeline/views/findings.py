"""What is asked of all sequencing runs after each scan, and which of them fail it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.rule_table import RULES
from seqauto_pipeline.db.queries.lacking import lacking_runs
from seqauto_pipeline.db.queries.open_problems import OpenProblem, open_problems
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
    what: str  # as it was found: not yet harmless to show
    remedy: str  # for people with a shell
    message_id: int | None = None


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
    codes = frozenset().union(*(each.codes for each in QUESTIONS))
    told = open_problems(models.session, codes, models.now)
    answers: Mapping[str, Callable[[], Iterable[Failing]]] = {
        FILES_FOUND.name: lambda: _lacking(models),
        OVERDUE.name: lambda: _overdue(models),
    }
    return tuple(
        Finding(
            question,
            tuple(answers.get(question.name, lambda: _of_codes(question, told))()),  # noqa: B023
        )
        for question in QUESTIONS
    )


def _of_codes(question: Question, told: Collection[OpenProblem]) -> Iterator[Failing]:
    for each in told:
        is_meant = each.code in question.codes
        if is_meant and (each.severity == Severity.ERROR or not question.errors_only):
            yield _failing(each)


def _failing(problem: OpenProblem) -> Failing:
    path, fix = problem.message_path, problem.fix or ""
    if problem.root is None or problem.run_path is None:
        return Failing(path or "the scan", problem.text, fix, problem.id)
    text = problem.text if path is None else f"{problem.text} ({path})"
    return Failing(place_words(problem.root, problem.run_path), text, fix, problem.id)


def _lacking(models: OpenModels) -> Iterator[Failing]:
    archive = models.archive
    for each in lacking_runs(models.session):
        absent = [
            (kind, DataState(state), count)
            for kind, state, count in each.files
            if archive.state_of(state, kind, each.enrichment_kit, each.date) != ARCHIVED
        ]
        if absent:
            words = ", ".join(
                f"{count:,} {type_words(kind)} {file_state_words(state)}"
                for kind, state, count in absent
            )
            yield Failing(
                place_words(each.root, each.path),
                words,
                "Make or copy the files; the page of the run names the samples that lack them.",
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
