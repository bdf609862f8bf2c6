"""How long this process waits for a locked SQLite file that other code opens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, event, text

from seqauto_pipeline.db import locked_files
from seqauto_pipeline.db.locked_files import patient_engine, wait_for_locked_files


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    was_there = event.contains(Engine, "do_connect", locked_files._be_patient)
    yield
    if not was_there and event.contains(Engine, "do_connect", locked_files._be_patient):
        event.remove(Engine, "do_connect", locked_files._be_patient)


def busy_timeout_ms(file: Path, **chosen: float) -> int:
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool, connect_args=chosen)
    with engine.connect() as connection:
        return int(connection.execute(text("PRAGMA busy_timeout")).scalar_one())


def test_who_chose_no_limit_or_a_long_one_waits_as_long_as_for_the_models(tmp_path: Path):
    wait_for_locked_files()
    wait_for_locked_files()

    assert busy_timeout_ms(tmp_path / "runs.db") == 60_000
    assert busy_timeout_ms(tmp_path / "index.db", timeout=30) == 60_000


def test_who_chose_to_be_quick_stays_so(tmp_path: Path):
    wait_for_locked_files()

    assert busy_timeout_ms(tmp_path / "seqauto.db", timeout=2) == 2_000


def test_a_commit_to_a_file_that_dagster_made_does_not_wait_for_the_disk(tmp_path: Path):
    engine = patient_engine(f"sqlite:///{tmp_path / 'runs.db'}")

    with engine.connect() as connection:
        synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
    engine.dispose()

    assert synchronous == 1  # NORMAL
