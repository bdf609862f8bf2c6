"""What is known of a sequencing run itself, by the names that programs read."""

from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.runs import run_folder
from seqauto_pipeline.views.values import Value, iso_date


def run_facts(run: SequencingRun) -> dict[str, Value]:
    """Give which run it is, and what is known of how it was sequenced."""
    return {
        "name": run.name,
        "path": run_folder(run),
        "layout": run.layout,
        **sequencing_facts(run),
    }


def sequencing_facts(run: SequencingRun) -> dict[str, Value]:
    """Give what the folder's name, RunInfo and RunParameters say."""
    return {
        "date": iso_date(run.date),
        "sequencer": run.sequencer,
        "sequencer_model": run.sequencer_model,
        "experiment": run.experiment,
        "enrichment_kit": run.enrichment_kit,
        "flowcell_id": run.flowcell_id,
        "flowcell": run.flowcell,
        "run_number": run.run_number,
        "has_basecalls": run.has_basecalls,
        "has_interop": run.has_interop,
    }
