"""The page of one sequencing run: what stands on it, as the template writes it."""

from dataclasses import dataclass

from markupsafe import Markup

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.models import Message, SequencingRun
from seqauto_pipeline.db.queries.messages import is_acknowledged, is_open
from seqauto_pipeline.report.cells import Cells
from seqauto_pipeline.report.figures import figures_of_run, figures_of_samples
from seqauto_pipeline.report.names import qc_slug
from seqauto_pipeline.report.rows import file_rows, matrix_rows, sheet_table_rows
from seqauto_pipeline.report.sheet_history import SheetVersion, sheet_history
from seqauto_pipeline.report.summary import Problem, Spread
from seqauto_pipeline.report.timeline import Entry, timeline
from seqauto_pipeline.views.fact_words import told_facts
from seqauto_pipeline.views.jobs import JobLine, job_words
from seqauto_pipeline.views.known_layouts import known_layouts, ordered_types
from seqauto_pipeline.views.matrix import MatrixRow, matrix
from seqauto_pipeline.views.messages import acknowledgement_words, message_path
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.readiness import is_waiting, verdict, waits_for
from seqauto_pipeline.views.remedies import in_the_web_ui
from seqauto_pipeline.views.values import iso_date
from seqauto_pipeline.views.web_ui import run_path
from seqauto_pipeline.views.whole_runs import WholeRun
from seqauto_pipeline.views.words import run_state_words, type_words

_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class QcOf:
    """The QC figures that a run has in common with others: of its kit, or of its sequencer."""

    title: str
    slug: str
    spreads: dict[str, Spread]
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class ReportedRun:
    """All that the page shows of one sequencing run."""

    whole: WholeRun
    verdict: str
    waits_for: str  # "": it is ready, or nobody waits for it
    state: str  # in words
    since: str  # day
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]  # of the matrix, in words
    rows: tuple[MatrixRow, ...]
    matrix: Markup  # rows of tables
    files: Markup
    sheet_rows: Markup
    problems: tuple[Problem, ...]  # open ones, the worst first
    acknowledged: tuple[tuple[Problem, str], ...]  # with who said why
    sheet: tuple[SheetVersion, ...]  # the newest first
    extra_columns: tuple[str, ...]  # of the current sheet
    timeline: tuple[Entry, ...]
    jobs: tuple[tuple[int, str, str, str], ...]  # number, type, path, what became of it
    qc: tuple[QcOf, ...]
    web_page: str  # in the web UI; "" where none is wanted


class RunPages:
    """Makes the pages of many runs: what they share is looked up once."""

    def __init__(self, models: OpenModels) -> None:
        self._models = models
        self._layouts = known_layouts(models.settings)
        self._cells = Cells()

    def reported(self, whole: WholeRun) -> ReportedRun:
        models, run = self._models, whole.run
        rows = matrix(whole.samples, whole.files)
        extra_columns = tuple(dict.fromkeys(name for row in whole.samples for name in row.extra))
        types = ordered_types({kind for row in rows for kind in row.files}, self._layouts)
        return ReportedRun(
            whole=whole,
            verdict=verdict(whole.line),
            waits_for=waits_for(whole.line) if is_waiting(whole.line) else "",
            state=run_state_words(run.data_state),
            since=models.local_day(whole.when.since),
            facts=_facts(models, whole),
            columns=tuple(map(type_words, types)),
            rows=rows,
            matrix=matrix_rows(rows, types, self._cells),
            files=file_rows(whole.files),
            sheet_rows=sheet_table_rows(whole.samples, extra_columns),
            problems=_problems(models, whole),
            acknowledged=tuple(
                (problem_of(models, whole, each), acknowledgement_words(models, each))
                for each in whole.messages
                if each.closed_scan_id is None and is_acknowledged(each, models.now)
            ),
            sheet=sheet_history(models, whole),
            extra_columns=extra_columns,
            timeline=timeline(models, whole),
            jobs=tuple(_job(models, each) for each in whole.jobs),
            qc=tuple(_qc(whole)),
            web_page=_web_page(models, run),
        )


def _job(models: OpenModels, line: JobLine) -> tuple[int, str, str, str]:
    job = line.row.job
    return job.id, type_words(job.file_type), shown(line.row.path), job_words(models, line)


def _web_page(models: OpenModels, run: SequencingRun) -> str:
    web_ui = models.settings.web_server_url
    return f"{web_ui}{run_path(run.root, run.path)}" if web_ui else ""


def _facts(models: OpenModels, whole: WholeRun) -> tuple[tuple[str, str], ...]:
    run = whole.run
    projects = dict.fromkeys(row.sample_project for row in whole.samples if row.sample_project)
    sequencer = " ".join(filter(None, (run.sequencer, f"({run.sequencer_model})")))
    told = {
        "folder": whole.folder,
        "date of the run": iso_date(run.date),
        "enrichment kit": run.enrichment_kit,
        "experiment": run.experiment,
        "projects": ", ".join(projects),
        "sequencer": sequencer if run.sequencer_model else run.sequencer,
        "flowcell": run.flowcell_id,
        "run number": None if run.run_number is None else str(run.run_number),
        "flags": ", ".join(flag.replace("_", " ") for flag in run.flags),
        "first seen": models.local_day(whole.when.first_seen),
        "last seen": models.local_day(whole.when.last_seen) if run.last_seen_scan_id else None,
    }
    return (
        *((name, shown(value)) for name, value in told.items() if value),
        *((name, words) for name, words in told_facts(run.facts) if words != "not known"),
    )


def _problems(models: OpenModels, whole: WholeRun) -> tuple[Problem, ...]:
    found = [
        problem_of(models, whole, each) for each in whole.messages if is_open(each, models.now)
    ]
    return tuple(sorted(found, key=lambda each: _SEVERITIES.index(each.severity)))


def problem_of(models: OpenModels, whole: WholeRun | None, message: Message) -> Problem:
    return Problem(
        severity=message.severity,
        code=message.code,
        text=message.text,
        fix=in_the_web_ui(message.fix, message.id),
        place=_place(message, whole),
        since=models.local(message.opened_at)[:10],
    )


def _place(message: Message, whole: WholeRun | None) -> str:
    """Say which file a message is about, and where in it."""
    path = message_path(message, None if whole is None else whole.run)
    where = (
        f"line {message.line}" if message.line is not None else "",
        f"column {message.column}" if message.column else "",
    )
    return ", ".join(filter(None, (path, *where)))


def _qc(whole: WholeRun) -> list[QcOf]:
    run = whole.run
    found = []
    spreads, figures = figures_of_samples(whole.contents), figures_of_run(whole.contents)
    if run.enrichment_kit and spreads:
        kit = shown(run.enrichment_kit)
        found.append(QcOf(f"kit {kit}", qc_slug("kit", kit), spreads, {}))
    if run.sequencer and figures:
        sequencer = shown(run.sequencer)
        slug = qc_slug("sequencer", sequencer)
        found.append(QcOf(f"sequencer {sequencer}", slug, {}, figures))
    return found
