"""The tags by which people tell scans apart in the list of runs."""

from collections.abc import Mapping

import dagster as dg

from seqauto_pipeline.orchestration.history import SHORT_ID, launched_by
from seqauto_pipeline.orchestration.run_config import chosen_options
from seqauto_pipeline.orchestration.tags import COVERS_TAG, STARTED_BY_TAG


def telling_tags(scan: dg.DagsterRun) -> Mapping[str, str]:
    """Say what a scan covers, and who started it; a re-execution has mere copies of other tags."""
    return {COVERS_TAG: _covers(chosen_options(scan.run_config)), STARTED_BY_TAG: _started_by(scan)}


def _started_by(scan: dg.DagsterRun) -> str:
    who = launched_by(scan)
    if scan.parent_run_id is None:
        return who
    parent = scan.parent_run_id[:SHORT_ID]
    return f"{who} of scan {parent}" if who == "retry" else f"{who}, again after scan {parent}"


def _covers(options: Mapping[str, object]) -> str:
    reused = options.get("reuse_prev_scan_id")
    if reused:
        return f"file list of scan {str(reused)[:SHORT_ID]}"
    parts = [
        f"{len(value)} {word if len(value) != 1 else word[:-1]}"
        for word in ("runs", "roots")
        if isinstance(value := options.get(word), list) and value
    ]
    narrowed = f"narrowed to {' below '.join(parts)}" if parts else "everything"
    return f"{narrowed}, full" if options.get("full") else narrowed
