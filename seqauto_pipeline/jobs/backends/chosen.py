"""The back-ends that the settings call for."""

from collections.abc import Callable, Mapping
from pathlib import Path

from seqauto_pipeline.jobs.backend import Backend
from seqauto_pipeline.jobs.backends.local import LOCAL, LocalBackend
from seqauto_pipeline.settings import Settings

Maker = Callable[[Settings, Path], Backend]  # takes the directory of all jobs


def _local(settings: Settings, directory: Path) -> Backend:
    return LocalBackend(directory, settings.local_jobs, settings.local_jobs_outlive_scans)


BACKENDS: Mapping[str, Maker] = {LOCAL: _local}
