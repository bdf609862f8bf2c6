"""From the page of a run to what the lists need of it."""

from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.queries.messages import is_open
from seqauto_pipeline.report.cells import lacking_of
from seqauto_pipeline.report.run_page import ReportedRun
from seqauto_pipeline.report.summary import RunSummary
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import iso_date


def summary_of(
    models: OpenModels, page: ReportedRun, name: str, size: int, fingerprint: str
) -> RunSummary:
    """Sum up a run whose page has a name, size and fingerprint."""
    whole, run = page.whole, page.whole.run
    severities = [each.severity for each in whole.messages if is_open(each, models.now)]
    projects = {row.sample_project for row in whole.samples if row.sample_project}
    words = (run.experiment, run.flowcell_id, run.sequencer_model, *sorted(projects), *run.flags)
    return RunSummary(
        page=name,
        size=size,
        fingerprint=fingerprint,
        name=shown(run.name),
        kit=shown(run.enrichment_kit or ""),
        date=iso_date(run.date) or "",
        sequencer=shown(run.sequencer or ""),
        words=shown(" ".join(filter(None, words))),
        state=page.state,
        found=sum(tally.found for tally in whole.tallies),
        expected=sum(tally.expected for tally in whole.tallies),
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        waits_for=page.waits_for,
        since=page.since,
        samples=tuple(_named(row.sample_name, row.sample_id) for row in page.rows),
        lacking=tuple(lacking_of(row.files) for row in page.rows),
        problems=page.problems,
        of_samples={name: spread for qc in page.qc for name, spread in qc.spreads.items()},
        of_run={name: figure for qc in page.qc for name, figure in qc.figures.items()},
        lost_types=tuple(
            tally.file_type for tally in whole.tallies if tally.states.get(DataState.DELETED)
        ),
    )


def _named(name: str, sample_id: str) -> str:
    return shown(name) if sample_id == name else f"{shown(name)}\t{shown(sample_id)}"
