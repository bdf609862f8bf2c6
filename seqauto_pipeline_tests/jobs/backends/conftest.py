from pathlib import Path

import pytest

from seqauto_pipeline.jobs.backends.slurm import SlurmBackend, SlurmOptions
from seqauto_pipeline_tests.jobs.slurm_cluster import SlurmCluster

STRANGE = "it's $(touch canary)\r\n\"\udcff;  -x"  # the directory of all jobs


@pytest.fixture
def slurm(cluster: SlurmCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SlurmBackend:
    monkeypatch.setenv("SLURM_CONF", str(cluster.configuration))
    return SlurmBackend(tmp_path / STRANGE, SlurmOptions(call_seconds=20))
