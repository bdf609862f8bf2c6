"""Scans in shards as Dagster executes them: in this process, or in processes of their own."""

from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline.errors import NotConfiguredError
from seqauto_pipeline.orchestration.history import ScanState, scan_stories, scan_story
from seqauto_pipeline.orchestration.jobs import scan_job, seqauto_scan
from seqauto_pipeline.orchestration.runtime.shard_executors import celery_config, executor_of_shards
from seqauto_pipeline.orchestration.shard_job import seqauto_scan_in_shards
from seqauto_pipeline.settings import Settings
from seqauto_pipeline_tests.orchestration.conftest import NAME, SCAN, Lab, Scan, write_run_folder
from seqauto_pipeline_tests.scan.lab import Lab as ModelsLab


def models_of(home: Path, root: Path, database_url: str | None = None) -> ModelsLab:
    models = ModelsLab.__new__(ModelsLab)
    models.home, models.roots, models.overrides = home, (root,), {}
    models.environ = {"SEQAUTO_SCAN_ROOTS": str(root)}
    if database_url is not None:
        models.environ["SEQAUTO_DATABASE_URL"] = database_url
    return models


@pytest.fixture
def whole(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> ModelsLab:
    """What a scan of the whole says of a disk that is cut into two shards from now on."""
    for number in range(3):
        write_run_folder(lab.root / f"kit_{number}" / NAME.replace("0007", f"{number:04}"))
    home = lab.home.with_name("whole")
    home.mkdir()
    models = models_of(home, lab.root)
    models.scan()
    monkeypatch.setenv("SEQAUTO_RUNS_PER_SHARD", "2")
    return models


@pytest.mark.parametrize("executor", ["in_process", "multiprocess"])
def test_shards_come_to_the_same_models_and_are_reported_as_one_scan(
    executor: str, lab: Lab, whole: ModelsLab, instance: dg.DagsterInstance
) -> None:
    lab.configure(f'shard_executor = "{executor}"')

    # As a lab does, in a process of its own: steps are forked from one that it starts, and that
    # of this process may have been started by another test, with the environment of then.
    assert lab.start(*SCAN).wait() == 0
    (story,) = scan_stories(instance)

    assert story.failure is None
    assert story.state is ScanState.FINISHED
    assert models_of(lab.home, lab.root, lab.database_url).facts() == whole.facts()
    assert (story.number("run_folders"), story.number("sheets")) == (4, 4)
    assert story.number("runs_changed") == 4
    assert not list(lab.home.glob("scans/*.shards"))


@pytest.mark.sqlite  # it takes the file away
def test_a_scan_in_shards_is_begun_again_at_the_models_with_the_same_file_list(
    lab: Lab, whole: ModelsLab, scan: Scan, instance: dg.DagsterInstance
) -> None:
    first = scan()
    (lab.home / "seqauto.db").unlink()
    again = scan(start_over=True, reuse_prev_scan_id=first.id)

    options = dg.ReexecutionOptions(parent_run_id=first.id, step_selection=["create_models*"])
    job = dg.reconstructable(seqauto_scan_in_shards)
    with dg.execute_job(job, instance, reexecution_options=options) as result:
        story = scan_story(instance, result.run_id)

    assert again.state is story.state is ScanState.FINISHED
    assert next(step.name for step in story.steps) == "create_models"
    assert models_of(lab.home, lab.root, lab.database_url).run_states() == whole.run_states()


def test_the_graph_is_the_one_that_the_settings_call_for(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scan_job() is seqauto_scan

    monkeypatch.setenv("SEQAUTO_RUNS_PER_SHARD", "100")
    assert scan_job() is seqauto_scan_in_shards

    lab.configure("runs_per_shard = 'many'")
    monkeypatch.delenv("SEQAUTO_RUNS_PER_SHARD")
    assert scan_job() is seqauto_scan


@pytest.mark.parametrize(
    ("settings", "refused"),
    [
        (Settings(shard_executor="k8s"), "kubernetes_image is not set"),
        (Settings(shard_executor="k8s", kubernetes_image="seqauto"), "is not in a cluster"),
    ],
)
def test_kubernetes_is_refused_without_an_image_and_outside_of_a_cluster(
    settings: Settings, refused: str, instance: dg.DagsterInstance
) -> None:
    context = dg.InitExecutorContext(
        job=dg.reconstructable(seqauto_scan_in_shards),
        executor_def=dg.in_process_executor,
        executor_config={},
        instance=instance,
    )

    with pytest.raises(NotConfiguredError, match=refused):
        executor_of_shards(context, settings)


def test_celery_without_a_broker_is_refused() -> None:
    with pytest.raises(NotConfiguredError, match="celery_broker is not set"):
        celery_config(Settings(shard_executor="celery"))
