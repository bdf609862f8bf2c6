"""A scan that was asked to stop is cancelled: by what, and what had been stored of it by then."""

import dagster as dg

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.db.look.session import looking
from seqauto_pipeline.db.queries.scan_progress import ScanProgress, scan_progress
from seqauto_pipeline.errors import ScanCancelledError, SeqAutoError
from seqauto_pipeline.orchestration.running_scan import RunningScan
from seqauto_pipeline.orchestration.runtime.interrupts import Interrupts
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.orchestration.tags import CANCELLED_TAG, MAX_RETRIES_TAG

CANCELLED = "Cancelled by "  # how the message begins, by which it is found again


def end_interrupted(scan: RunningScan, site: Site) -> SeqAutoError:
    """Say why a scan was interrupted; have Dagster know it as cancelled where it was."""
    why = scan.why_interrupted()
    run = scan.instance.get_run_by_id(scan.id)
    if isinstance(why, ScanCancelledError) and run is not None:
        _cancel(scan, run, f"{CANCELLED}{why.by}. {_stored(site, scan.id)} {why.fix}")
    return why


def end_interrupted_twice(instance: dg.DagsterInstance, scan: str, signals: Interrupts) -> None:
    """Have Dagster know a scan as cancelled that was interrupted while it wrote down just that."""
    run = instance.get_run_by_id(scan)
    if run is not None and not run.is_finished:
        message = f"{CANCELLED}{signals.words()}. {ScanCancelledError.fix}"
        _note(instance, run, signals, message)
        instance.report_run_canceled(run, message)


def _cancel(scan: RunningScan, run: dg.DagsterRun, message: str) -> None:
    _note(scan.instance, run, scan.interrupts, message)
    if run.status is not dg.DagsterRunStatus.CANCELING:
        scan.instance.report_run_canceling(run, message)


def _note(
    instance: dg.DagsterInstance, run: dg.DagsterRun, signals: Interrupts, message: str
) -> None:
    signal = signals.first()
    tags = {MAX_RETRIES_TAG: "0", CANCELLED_TAG: "" if signal is None else signal.name}
    instance.add_run_tags(run.run_id, tags)
    instance.report_engine_event(message, run)


def _stored(site: Site, scan: str) -> str:
    try:
        with looking(site.database_url) as session:
            return stored_words(scan_progress(session, scan))
    except SeqAutoError as error:
        return f"What was stored by then cannot be told: {error}"


def stored_words(progress: ScanProgress | None) -> str:
    """Say how far a scan had got."""
    if progress is None or not progress.has_record:
        return "Nothing of it had been stored."
    if progress.is_applied:
        return "All of it had been stored."
    runs = counted(progress.runs, "sequencing run")
    files = counted(progress.file_changes, "change")
    return f"Stored by then: its file list, and {runs} with {files} of files."
