"""The report, brought up to date after each scan.

The executor does it, so that every scan does, however it was started.
"""

import datetime as dt
import logging
from pathlib import Path

import dagster as dg

from seqauto_pipeline.errors import SeqAutoError
from seqauto_pipeline.orchestration.scan_log import ScanLog
from seqauto_pipeline.orchestration.site import Site


def write_report_after_scan(
    instance: dg.DagsterInstance, scan: dg.DagsterRun, site: Site, log: ScanLog
) -> None:
    """Write what changed to the configured directory. Trouble is said, and fails no scan."""
    path = site.settings.report_directory
    if path is None:
        return
    try:
        said = f"Report: {path}: {_written(site, path)}"
        level = logging.INFO
    except Exception as error:  # boundary: a scan has done its work, whatever becomes of a page
        reason = error if isinstance(error, SeqAutoError) else f"{type(error).__name__}: {error}"
        said = f"Report: {path} could not be brought up to date: {reason}"
        level = logging.WARNING
    log.write(level, said)
    instance.report_engine_event(said, scan)


def _written(site: Site, path: Path) -> str:
    from seqauto_pipeline.report.update import update_report  # noqa: PLC0415  (Jinja2: slow)
    from seqauto_pipeline.views.opening import opened  # noqa: PLC0415  (only here)

    with opened(site.home, site.settings, dt.datetime.now(dt.UTC)) as models:
        return update_report(models, path).words
