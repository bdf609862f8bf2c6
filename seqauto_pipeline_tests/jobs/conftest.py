from collections.abc import Iterator

import pytest

from seqauto_pipeline_tests.jobs.slurm_cluster import SlurmCluster, slurm_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[SlurmCluster]:
    with slurm_cluster() as running:
        yield running
