"""The shipped example for Kubernetes, on what stands in for a cluster."""

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from seqauto_pipeline_tests.orchestration.kubernetes_site import Cluster, Pod, cluster
from seqauto_pipeline_tests.scan.bad_runs import jpeg_as_sheet
from seqauto_pipeline_tests.scan.lab import Lab

_DEATHS_OF_A_SHARD = 3  # so often it is done again
_MOST_KILLS = 4 * _DEATHS_OF_A_SHARD  # two shards are listed, and two are stored
_KILLS = min(
    int(os.environ.get("SEQAUTO_TEST_KILLS") or 0), _MOST_KILLS
)  # by script/campaign_shards
_PATIENCE = 180 + 60 * _KILLS  # Dagster looks every 20 s whether a pod is well
_STEPS_OF_TWO_SHARDS = 7

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def lab(tmp_path: Path, postgres_url: str) -> Lab:
    lab = Lab(tmp_path, database_url=postgres_url)
    runs = [lab.run(number, f"kit_{number % 2}").complete() for number in range(1, 5)]
    jpeg_as_sheet(runs[1])
    return lab


@pytest.fixture
def site(lab: Lab, tmp_path: Path) -> Iterator[Cluster]:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("the mounts of pods need root, and unshare")
    pytest.importorskip("dagster_k8s")
    claims = {"seqauto-home": lab.home, "sequencing-disks": lab.root}
    secrets = {"seqauto-database": {"SEQAUTO_DATABASE_URL": lab.environ["SEQAUTO_DATABASE_URL"]}}
    with cluster(tmp_path, claims, secrets) as site:
        yield site


def test_the_shipped_example_comes_to_the_same_models_as_one_process(
    site: Cluster, lab: Lab, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    scan = site.start(_scan_in_shards_of_two(site))
    deaths = Counter[str]()
    while deaths.total() < _KILLS:
        shard, pod = _a_shard_at_work(site, scan, deaths)
        site.kill(pod)
        deaths[shard] += 1
    record_property("pods killed while they worked on shards", deaths.total())
    scan.process.wait(_PATIENCE)
    whole = Lab(tmp_path, roots=(), home="whole")
    whole.roots = lab.roots
    whole.environ["SEQAUTO_SCAN_ROOTS"] = str(lab.root)
    whole.scan()

    assert scan.process.returncode == 0, scan.log.read_text()
    assert site.refused == []
    assert len(site.jobs) > _KILLS + _STEPS_OF_TWO_SHARDS
    assert repr(lab.facts()) == repr(whole.facts()).replace(str(lab.root), "/data/sequencing")


def _scan_in_shards_of_two(site: Cluster) -> dict[str, Any]:
    job = site.cron_job()
    (container,) = job["spec"]["template"]["spec"]["containers"]
    container["env"].append({"name": "SEQAUTO_RUNS_PER_SHARD", "value": "2"})
    return job


def _a_shard_at_work(site: Cluster, scan: Pod, deaths: Mapping[str, int]) -> tuple[str, Pod]:
    """Wait for the pod of a shard that may die once more; give the name of its step, too."""
    while True:
        for pod in list(site.jobs.values()):
            step = (pod.manifest["metadata"].get("labels") or {}).get("dagster/op", "")
            may_die = "shard" in step and deaths.get(step, 0) < _DEATHS_OF_A_SHARD
            if may_die and pod.process.poll() is None:
                return step, pod
        assert scan.process.poll() is None, scan.log.read_text()
        time.sleep(0.02)
