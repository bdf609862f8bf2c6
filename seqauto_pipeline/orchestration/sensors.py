"""New and changed run folders are noticed within minutes, and just those are scanned."""

import functools
import json
from collections.abc import Mapping

import dagster as dg

from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.disk.freshness import RootWatch, run_folder_times
from seqauto_pipeline.orchestration.run_config import run_config
from seqauto_pipeline.orchestration.schedules import reasons_not_to_scan
from seqauto_pipeline.orchestration.site import Site, read_site
from seqauto_pipeline.orchestration.tags import SCAN_JOB
from seqauto_pipeline.scan.setup import layouts_for, listed_elsewhere

_SECONDS_BETWEEN_LOOKS = 120
_SECONDS_FOR_A_ROOT = 20.0  # Dagster gives a sensor 60
_MAX_NAMED_RUNS = 200  # above this, a scan of their whole roots is asked for
_OFF = "No look: new_run_sensor is false."

Times = Mapping[str, Mapping[str, int]]  # newest change by run folder, by root


@dg.sensor(
    job_name=SCAN_JOB,
    description="Looks for new and changed run folders and scans just those, where new_run_sensor, "
    "enabled, scan_disks and upload_enabled are true and no scan is going on. It compares change "
    "times of their upper directories.",
    minimum_interval_seconds=_SECONDS_BETWEEN_LOOKS,
    default_status=dg.DefaultSensorStatus.RUNNING,  # the setting decides, without a restart
)
def new_run_folders(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    site = read_site()
    if not site.settings.new_run_sensor:
        return dg.SkipReason(_OFF)
    reasons = reasons_not_to_scan(context.instance, site.settings)
    if reasons:
        return dg.SkipReason(f"No look: {'; '.join(reasons)}.")
    return answer(look(site), _marks_of(context.cursor))


def look(site: Site) -> Times:
    """List the change times of the roots that answer, of those that this machine lists."""
    found, elsewhere = {}, listed_elsewhere(site.settings)
    for root, layout in layouts_for(site.settings).items():
        if root in elsewhere:
            continue
        times = functools.partial(
            run_folder_times, unescape_name(root), layout, site.settings.skip_marker
        )
        answered = _watch.look(root, times, _SECONDS_FOR_A_ROOT)
        if answered is not None:
            found[root] = answered
    return found


def answer(times: Times, marks: Mapping[str, int]) -> dg.SensorResult:
    """Ask for a scan of what changed since the mark of its root; the first look only sets marks.

    ``marks`` is the newest change that was seen, in ns, by root.
    """
    newest = {root: max(runs.values(), default=0) for root, runs in times.items()}
    cursor = json.dumps(
        {**marks, **{root: max(newest[root], marks.get(root, 0)) for root in times}}
    )
    changed = {
        root: sorted(run for run, moment in runs.items() if moment > marks[root])
        for root, runs in times.items()
        if root in marks
    }
    roots = sorted(root for root, runs in changed.items() if runs)
    if not roots:
        words = "no run folder changed" if times else "no root answered"
        return dg.SensorResult(skip_reason=f"No scan: {words}.", cursor=cursor)
    options = {"roots": [unescape_name(root) for root in roots], "runs": _named(changed)}
    request = dg.RunRequest(run_key=cursor, run_config=run_config(options))
    return dg.SensorResult([request], cursor=cursor)


def _named(changed: Mapping[str, list[str]]) -> list[str]:
    """The runs to scan; none, which means all of their roots, where they cannot all be named."""
    runs = sorted({run for each in changed.values() for run in each})
    return runs if len(runs) <= _MAX_NAMED_RUNS and all(map(is_text, runs)) else []


def is_text(name: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in name)


def _marks_of(cursor: str | None) -> Mapping[str, int]:
    marks = json.loads(cursor or "{}")
    return {str(root): int(mark) for root, mark in marks.items()}


_watch = RootWatch()
