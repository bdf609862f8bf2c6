"""What the page of a scan says at its end, where the web UI opens it: the result, without a click.

A row of that page shows a dozen lines and hides the rest behind a button, so the result has several
rows: the last is the sentence, and above it are the worst of the runs that changed.
"""

from collections.abc import Iterator

import dagster as dg

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.orchestration.catalog.publish import opened
from seqauto_pipeline.orchestration.catalog.specs import OVERVIEW, RUNS, WAITING, WAITING_KEYS
from seqauto_pipeline.orchestration.runtime.dagster_private import EngineEventData
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.views.remedies import in_the_web_ui
from seqauto_pipeline.views.scan_result import ScanResult, changed_line, scan_result

# What a row shows at once in a window of 1,000 pixels: eleven lines of 45 characters.
_RUNS_IN_A_ROW = 3
_LONGEST_LINE = 125
_LONGEST_PROBLEM = 210


def write_result(
    instance: dg.DagsterInstance, scan: dg.DagsterRun, site: Site, *, failed: bool
) -> None:
    """Write the result of a scan that ends now. Trouble with it fails no scan."""
    try:
        with opened(site) as models:
            result = scan_result(models, scan.run_id)
            waiting = len(instance.get_dynamic_partitions(WAITING_KEYS))
    except Exception as error:  # whatever keeps the models from being read, the scan is over
        instance.report_engine_event(f"The result could not be read: {error}", scan)
        return
    if result is not None:
        for row in rows(result):
            instance.report_engine_event(row, scan)
        last = closing_row(result, waiting, failed=failed)
        instance.report_engine_event(last, scan, EngineEventData(_links()))


def _links() -> dict[str, dg.MetadataValue]:
    return {
        "which runs wait": dg.MetadataValue.asset(dg.AssetKey(WAITING)),
        "all runs": dg.MetadataValue.asset(dg.AssetKey(RUNS)),
        "the newest, drawn": dg.MetadataValue.asset(dg.AssetKey(OVERVIEW)),
    }


def rows(result: ScanResult) -> Iterator[str]:
    """Say what is newly wrong and what changed, in rows that fit; the worst come last."""
    for problem in result.problems:
        remedy = in_the_web_ui(problem.remedy, problem.message_id)
        text = shown(f"{problem.where}: {problem.text}", _LONGEST_PROBLEM)
        yield f"New problem: {text}\nWhat to do: {shown(remedy, _LONGEST_PROBLEM)}"
    lines = [shown(changed_line(each), _LONGEST_LINE) for each in result.worst]
    for number in reversed(range(0, len(lines), _RUNS_IN_A_ROW)):
        some = lines[number : number + _RUNS_IN_A_ROW]
        head = f"Changed, {number + 1} to {number + len(some)} of {result.changed:,}, worst first:"
        yield "\n".join((head, *some))


def closing_row(result: ScanResult, waiting: int, *, failed: bool) -> str:
    """Sum up the scan: what the page shows first."""
    ended = "ended with an error, told above" if failed else "finished"
    return (
        f"Scan {result.number} {ended}: {result.changes}; {waiting:,} wait.\n"
        f"It covered {result.covered}."
    )
