from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.ref import InstanceRef
from dagster_postgres.utils import DagsterPostgresException

from seqauto_pipeline.errors import DagsterConfigError, DagsterStorageError
from seqauto_pipeline.orchestration.dagster_home import (
    home_directory,
    write_default_instance_config,
)
from seqauto_pipeline.orchestration.instance import opened_instance
from seqauto_pipeline.orchestration.runtime.launcher import SeqAutoRunLauncher
from seqauto_pipeline.orchestration.runtime.storage import HomeArtifactStorage, HomeStorage

_CHECKOUT = Path(__file__).parents[2]
# What the homes of the first release have: this must not follow a change of ours.
_FIRST_RELEASE = """\
storage:
  custom:
    module: seqauto_pipeline.orchestration.storage
    class: HomeStorage
    config: {}
local_artifact_storage:
  module: seqauto_pipeline.orchestration.storage
  class: HomeArtifactStorage
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
run_launcher:
  module: seqauto_pipeline.orchestration.launcher
  class: SeqAutoRunLauncher
"""


def test_the_file_of_the_checkout_is_the_one_that_new_homes_get(tmp_path: Path) -> None:
    write_default_instance_config(tmp_path)

    assert (tmp_path / "dagster.yaml").read_bytes() == (_CHECKOUT / "dagster.yaml").read_bytes()


def test_homes_of_earlier_versions_keep_working(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dagster.yaml").write_text(_FIRST_RELEASE)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))

    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.run_launcher, SeqAutoRunLauncher)
        assert instance.storage_directory() == str(tmp_path / "storage")
        assert (tmp_path / "history" / "runs.db").exists()


def test_the_classes_that_the_file_names_are_what_they_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_default_instance_config(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))

    named = InstanceRef.from_dir(str(tmp_path))

    assert type(named.storage) is HomeStorage
    assert type(named.local_artifact_storage) is HomeArtifactStorage


def test_an_instance_config_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("# ours\n")

    assert not write_default_instance_config(tmp_path)
    assert (tmp_path / "dagster.yaml").read_text() == "# ours\n"


def test_a_new_home_gets_one_and_nothing_else(tmp_path: Path) -> None:
    assert write_default_instance_config(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dagster.yaml"]


def test_an_exported_home_wins_over_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
        write_default_instance_config(folder)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.chdir(elsewhere)

    with dg.DagsterInstance.get() as instance:
        storage = instance.storage_directory()

    assert storage == str(home / "storage")
    assert (home / "history" / "runs.db").exists()
    assert [path.name for path in elsewhere.iterdir()] == ["dagster.yaml"]


def test_without_an_exported_home_the_history_is_kept_where_dagster_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, project = tmp_path / "temporary", tmp_path / "project"
    temporary.mkdir()
    project.mkdir()
    write_default_instance_config(project)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.chdir(project)

    # This is what `dagster dev` and `dagster job execute` do.
    with dg.DagsterInstance.from_ref(
        InstanceRef.from_dir(str(temporary), config_dir=".")
    ) as opened:
        storage = opened.storage_directory()

    assert storage == str(project / ".dagster" / "storage")
    assert (project / ".dagster" / "history" / "runs.db").exists()
    assert home_directory() == project / ".dagster"
    assert list(temporary.iterdir()) == []


def test_the_instance_watches_over_scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_default_instance_config(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))

    with dg.DagsterInstance.get() as instance:
        assert isinstance(instance.run_launcher, SeqAutoRunLauncher)
        assert instance.run_launcher.supports_check_run_worker_health
        assert instance.run_monitoring_enabled
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 1
        assert not instance.run_retries_retry_on_asset_or_op_failure
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled


@pytest.mark.parametrize(
    "text", ["storage: [\n  a: b\n: x", "storag:\n  a: b\n", "- x\n", "storage:\n  custom: 1\n"]
)
def test_a_dagster_yaml_that_cannot_be_used_is_named_with_what_to_do(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(text)

    with pytest.raises(DagsterConfigError) as caught, opened_instance():
        pass

    said = str(caught.value)
    assert said.startswith(f"Cannot use {tmp_path}/dagster.yaml: ")
    assert said.endswith("Correct it, or move it away: the next `seqauto scan` writes a new one.")
    assert len(said) < 600


def test_a_postgres_that_lets_nobody_in_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))

    def refused() -> None:
        error = ConnectionError("FATAL:  sorry, too many clients already\nmore")
        raise DagsterPostgresException("too many retries for DB connection") from error

    with pytest.raises(DagsterStorageError, match="sorry, too many clients"), opened_instance():
        refused()
