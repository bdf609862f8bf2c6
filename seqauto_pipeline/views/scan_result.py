"""What one scan came to: a sentence, what changed, what is newly wrong, and what it covered."""

from dataclasses import dataclass

from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.models import Message, Scan, SequencingRun
from seqauto_pipeline.db.models.scans import scope_of
from seqauto_pipeline.db.queries.scan_results import (
    count_opened,
    count_runs,
    count_written,
    opened_messages,
    scan_of,
    written_runs,
)
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.readiness import lacks_most, verdict
from seqauto_pipeline.views.runs import RunLine, run_lines

MAX_RUNS = 50  # that are named
_LOOKED_AT = 200  # of which the worst are named
_MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class NewProblem:
    """A message that a scan opened."""

    where: str
    text: str
    remedy: str  # for people with a shell
    message_id: int


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan came to."""

    number: int
    known_runs: int
    changed: int  # sequencing runs
    worst: tuple[RunLine, ...]  # of these, at most MAX_RUNS
    new_problems: int
    problems: tuple[NewProblem, ...]  # the first of them
    covered: str

    @property
    def changes(self) -> str:
        """Sum up in a clause."""
        if not self.changed and not self.new_problems:
            return f"nothing changed in {counted(self.known_runs, 'sequencing run')}"
        number = f"{self.changed:,}" if self.changed else "none"
        changed = f"{number} of {counted(self.known_runs, 'sequencing run')} changed"
        problems = f", {counted(self.new_problems, 'new problem')}" if self.new_problems else ""
        return f"{changed}{problems}"


def scan_result(models: OpenModels, dagster_run_id: str) -> ScanResult | None:
    """Read it; None for a scan that never reached the models."""
    session = models.session
    scan = scan_of(session, dagster_run_id)
    if scan is None:
        return None
    lines = sorted(run_lines(models, written_runs(session, scan.id, _LOOKED_AT)), key=lacks_most)
    return ScanResult(
        scan.id,
        count_runs(session),
        count_written(session, scan.id),
        tuple(lines[:MAX_RUNS]),
        count_opened(session, scan.id),
        tuple(
            _problem(message, run)
            for message, run in opened_messages(session, scan.id, _MAX_PROBLEMS)
        ),
        _covered(models, scan),
    )


def _problem(message: Message, run: SequencingRun | None) -> NewProblem:
    where = shown(run.name if run is not None else message.path or "the scan")
    return NewProblem(where, shown(message.text), message.fix or "", message.id)


def _covered(models: OpenModels, scan: Scan) -> str:
    scope = scope_of(scan.scope)
    names = (*scope.runs, *scope.roots)
    if names:
        some = ", ".join(map(shown, names[:3]))
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        what = f"only {some}{more}"
    else:
        what = "all sequencing disks"
    how = "every directory listed anew" if scan.is_full else "unchanged directories not listed anew"
    if scan.record_id not in (None, scan.dagster_run_id):
        how = f"the file list of scan {str(scan.record_id)[:8]} used again"
    when = f", as they were on {models.local(scan.as_of)[:16]}" if scan.as_of else ""
    return f"{what}; {how}{when}"


def changed_line(line: RunLine) -> str:
    """Name a changed run, and how it stands."""
    return f"{shown(line.run.name)}: {verdict(line)}"
