"""One switch, database_url, for where the models and Dagster's own tables are."""

import shutil
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import create_engine, inspect, text

from seqauto_pipeline.definitions import defs
from seqauto_pipeline.errors import DatabaseUnavailableError, SettingsError
from seqauto_pipeline.orchestration.history import ScanState, scan_stories
from seqauto_pipeline.orchestration.runtime.storage import postgres_url, storage_is_used
from seqauto_pipeline_tests.orchestration.conftest import JOB_EXECUTE, SCAN, Lab, Scan

_URL = "postgresql+psycopg2://lab:secret@db.example.org/seqauto"


@pytest.mark.sqlite
@pytest.mark.new_home
def test_dagsters_tables_are_sqlite_files_until_a_server_is_named(lab: Lab) -> None:
    assert not storage_is_used(lab.home)

    dg.DagsterInstance.get().dispose()

    assert (lab.home / "history" / "runs.db").exists()
    assert storage_is_used(lab.home)


@pytest.mark.postgres
@pytest.mark.new_home
def test_naming_a_server_moves_models_and_scans_there(
    lab: Lab, scan: Scan, postgres_url: str
) -> None:
    lab.configure(f'database_url = "{postgres_url}"')
    assert not storage_is_used(lab.home)

    story = scan()

    assert story.state is ScanState.FINISHED
    assert storage_is_used(lab.home)
    assert not (lab.home / "history").exists()
    assert not list(lab.home.glob("*.db"))
    engine = create_engine(postgres_url)
    tables = inspect(engine)
    assert {"runs", "event_logs", "alembic_version"} <= set(tables.get_table_names("dagster"))
    assert {"sequencing_run", "alembic_version"} <= set(tables.get_table_names("public"))
    assert "runs" not in tables.get_table_names("public")
    engine.dispose()


@pytest.mark.postgres
def test_options_of_the_url_stay(lab: Lab, scan: Scan, postgres_url: str) -> None:
    lab.configure(f'database_url = "{postgres_url}&options=-c%20work_mem%3D8MB"')

    assert scan().state is ScanState.FINISHED
    assert [story.state for story in _stories()] == [ScanState.FINISHED]


@pytest.mark.postgres
def test_numbers_that_fell_behind_their_tables_do_not_fail_the_next_scan(
    lab: Lab, scan: Scan, postgres_url: str
) -> None:
    lab.configure(f'database_url = "{postgres_url}"')
    scan()
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        for table in ("runs", "event_logs", "run_tags"):
            connection.execute(text(f"SELECT setval('dagster.{table}_id_seq', 1, false)"))
    engine.dispose()

    assert scan().state is ScanState.FINISHED
    assert [story.state for story in _stories()] == [ScanState.FINISHED] * 2


@pytest.mark.postgres
def test_the_code_location_loads_before_a_new_server_has_models(
    lab: Lab, postgres_url: str
) -> None:
    lab.configure(f'database_url = "{postgres_url}"')

    assert defs().get_job_def("seqauto_scan")


@pytest.mark.postgres
@pytest.mark.slow
def test_scans_started_at_once_on_a_new_server_run_one_after_the_other(
    lab: Lab, postgres_url: str
) -> None:
    lab.configure(f'database_url = "{postgres_url}"')
    started = [lab.start(*command) for command in (SCAN, JOB_EXECUTE, SCAN)]

    output = [process.communicate(timeout=180)[0] for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], output
    assert [story.state for story in _stories()] == [ScanState.FINISHED] * 3


@pytest.mark.sqlite
@pytest.mark.new_home
def test_a_server_that_cannot_be_reached_is_named_without_its_password(lab: Lab) -> None:
    lab.configure('database_url = "postgresql://lab:secret@127.0.0.1:9/seqauto"')

    with pytest.raises(DatabaseUnavailableError, match=r"lab:\*\*\*@127\.0\.0\.1:9") as caught:
        dg.DagsterInstance.get()

    assert "secret" not in str(caught.value)
    assert not (lab.home / "history").exists()


@pytest.mark.sqlite
@pytest.mark.parametrize("mistake", ["nonsense = 1", "scan_times = [", "= = ="])
def test_a_mistake_in_another_setting_does_not_move_the_history(lab: Lab, mistake: str) -> None:
    lab.configure(f"database_url = 'postgresql://lab:secret@db.example.org/seqauto'\n{mistake}")

    assert postgres_url(lab.home) == _URL


@pytest.mark.sqlite
def test_a_mistake_in_the_file_does_not_hide_the_environment(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.configure("nonsense = 1")
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", _URL)

    assert postgres_url(lab.home) == _URL


@pytest.mark.sqlite
def test_a_mistake_without_a_server_leaves_the_history_in_the_home(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lab.configure("nonsense = 1")
    assert postgres_url(lab.home) is None

    monkeypatch.setenv("SEQAUTO_CONFIG", str(tmp_path / "gone.toml"))
    assert postgres_url(lab.home) is None


@pytest.mark.sqlite
def test_a_url_that_means_nothing_is_refused(lab: Lab) -> None:
    lab.configure("database_url = 'oracle://db'")

    with pytest.raises(SettingsError, match="oracle"):
        postgres_url(lab.home)


@pytest.mark.sqlite
def test_an_sqlite_url_moves_the_models_only(lab: Lab, scan: Scan, tmp_path: Path) -> None:
    lab.configure(f'database_url = "sqlite:///{tmp_path}/elsewhere/models.db"')

    scan()

    assert (tmp_path / "elsewhere" / "models.db").exists()
    assert (lab.home / "history" / "runs.db").exists()
    shutil.rmtree(tmp_path / "elsewhere")


def _stories() -> list[object]:
    with dg.DagsterInstance.get() as instance:
        return list(scan_stories(instance))
