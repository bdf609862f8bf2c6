"""The back-ends that the settings call for."""

from collections.abc import Callable, Mapping
from pathlib import Path

from seqauto_pipeline.jobs.backend import Backend
from seqauto_pipeline.jobs.backends.local import LOCAL, LocalBackend
from seqauto_pipeline.jobs.backends.pbs import PbsBackend, PbsOptions
from seqauto_pipeline.jobs.backends.slurm import SlurmBackend, SlurmOptions
from seqauto_pipeline.settings import Settings

Maker = Callable[[Settings, Path], Backend]  # takes the directory of all jobs


def _local(settings: Settings, directory: Path) -> Backend:
    return LocalBackend(directory, settings.local_jobs, settings.local_jobs_outlive_scans)


def _slurm(settings: Settings, directory: Path) -> Backend:
    options = SlurmOptions(
        partition=settings.slurm_partition,
        account=settings.slurm_account,
        arguments=settings.slurm_arguments,
        array_size=settings.slurm_array_jobs,
        call_seconds=settings.cluster_call_seconds,
    )
    return SlurmBackend(directory, options)


def _pbs(settings: Settings, directory: Path) -> Backend:
    options = PbsOptions(
        queue=settings.pbs_queue,
        account=settings.pbs_account,
        arguments=settings.pbs_arguments,
        call_seconds=settings.cluster_call_seconds,
    )
    return PbsBackend(directory, options)


BACKENDS: Mapping[str, Maker] = {
    LOCAL: _local,
    SlurmBackend.name: _slurm,
    PbsBackend.name: _pbs,
}
