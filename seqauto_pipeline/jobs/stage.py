"""The stage of scripts and jobs of a scan: what became of jobs, and what is launched."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from seqauto_pipeline.db.jobs.store import StoredJobs
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import ScanRow
from seqauto_pipeline.jobs.asking import Answers, ask_for_jobs
from seqauto_pipeline.jobs.backends.local import LOCAL
from seqauto_pipeline.jobs.configured import JobRules
from seqauto_pipeline.jobs.kept import remove_old_directories
from seqauto_pipeline.jobs.launching import Launch, Launcher
from seqauto_pipeline.jobs.messages import store_job_messages
from seqauto_pipeline.jobs.records import bring_in_line
from seqauto_pipeline.jobs.summary import JobsSummary

_SECONDS_BETWEEN_LOOKS = 1.0
_SECONDS_OF_A_DAY = 86_400


def ask_before_walk(rules: JobRules, store: ModelStore, scan_id: int) -> None:
    """Note what became of jobs, so that this scan looks at what they made.

    Asked before the disks are listed: at what ends later, a later scan looks.
    """
    ask_for_jobs(rules, store.engine)
    bring_in_line(store, scan_id)


def scripts_and_jobs(
    rules: JobRules, store: ModelStore, scan: ScanRow, launch: Launch
) -> JobsSummary:
    """Note what this scan has looked at, launch what is due, and report."""
    jobs = StoredJobs(store.engine)
    jobs.note_looks(scan)
    launcher = Launcher(rules, store, launch)
    summary = launcher.summary
    _note_answers(summary, ask_for_jobs(rules, store.engine))
    with _ended_with_scan(rules, store):
        if jobs.is_paused() and not launch.is_dry:
            summary.notes.append("Jobs are paused: none is launched. Begin: seqauto jobs resume")
        else:
            launcher.run()
        summary.written_runs = bring_in_line(store, scan.id)
        store_job_messages(store.engine)
        _stay(rules, store, summary)
    in_flight = {job.key for job in jobs.in_flight()}
    summary.in_flight = len(in_flight)
    oldest = time.time() - rules.keep_days * _SECONDS_OF_A_DAY
    remove_old_directories(rules.directory, in_flight, oldest)
    return summary


def _note_answers(summary: JobsSummary, answers: Answers) -> None:
    summary.ended += Counter(each.state for each in answers.ended)
    summary.notes += answers.in_words()


@contextmanager
def _ended_with_scan(rules: JobRules, store: ModelStore) -> Iterator[None]:
    """End the jobs on this machine when the scan is interrupted, where they end with it.

    Of a scan that is killed their supervisors see it.
    """
    try:
        yield
    except BaseException:  # an interrupt is none of Exception
        if not rules.local_outlive_scans:
            rules.backend(LOCAL).cancel(_local_jobs(store))
        raise


def _stay(rules: JobRules, store: ModelStore, summary: JobsSummary) -> None:
    """Wait for the jobs on this machine where they end with the scan."""
    while not rules.local_outlive_scans and _local_jobs(store):
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        _note_answers(summary, ask_for_jobs(rules, store.engine))


def _local_jobs(store: ModelStore) -> list[str]:
    in_flight = StoredJobs(store.engine).in_flight()
    return [job.key for job in in_flight if job.backend == LOCAL]
