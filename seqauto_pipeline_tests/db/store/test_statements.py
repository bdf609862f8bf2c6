"""How many statements a scan takes, and what becomes of one that is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.cli.conftest import scan_time
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import samples


def test_nothing_to_save_opens_no_connection(engine: Engine):
    with counted() as statements:
        ModelStore(engine).save_messages([], ScanIds(1, None), scan_time(1))

    assert statements == []


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the SQL of every statement that any database is sent."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("PRAGMA"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def statements_of(lab: Lab) -> tuple[int, int]:
    """How many statements a first scan takes, and one of the same disk after it."""
    counts = []
    for _ in range(2):
        with counted() as statements:
            lab.scan().summary  # noqa: B018 - it asserts that the scan finished
        counts.append(len(statements))
    return counts[0], counts[1]


def lab_of(folder: Path, *, runs: int = 1, rows: int = 2) -> Lab:
    lab = Lab(folder)
    for number in range(1, runs + 1):
        lab.run(number, rows=samples(*(f"S{n}" for n in range(rows)))).complete()
    engine = open_database(database_url_for(lab.settings, lab.home))
    upgrade(engine)  # what that costs is no part of a scan
    engine.dispose()
    return lab


@pytest.mark.usefixtures("on_each_database")
def test_the_number_of_statements_does_not_grow_with_files(tmp_path: Path):
    few = statements_of(lab_of(tmp_path / "few", rows=2))
    many = statements_of(lab_of(tmp_path / "many", rows=12))

    assert few == many


@pytest.mark.usefixtures("on_each_database")
def test_an_unchanged_disk_costs_the_same_few_statements_however_many_runs(tmp_path: Path):
    _, few = statements_of(lab_of(tmp_path / "few", runs=1))
    _, many = statements_of(lab_of(tmp_path / "many", runs=6))

    assert few == many <= 60


REFUSING = {
    "sqlite": """
        CREATE TRIGGER refuse BEFORE INSERT ON expected_file WHEN NEW.path LIKE '%{name}%'
        BEGIN SELECT RAISE(ABORT, 'the database refuses this one'); END
        """,
    "postgresql": """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the database refuses this one'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON expected_file FOR EACH ROW
        WHEN (NEW.path LIKE '%{name}%') EXECUTE FUNCTION refuse()
        """,
}


@pytest.mark.usefixtures("on_each_database")
def test_one_run_that_cannot_be_stored_is_that_runs_error(tmp_path: Path):
    lab = lab_of(tmp_path / "lab", runs=3)
    with lab.connected() as connection:
        statement = REFUSING[connection.dialect.name].format(name=lab.run(2).name)
        connection.execute(text(statement))

    summary = lab.scan().summary

    states = lab.run_states()
    assert [states[lab.run(number).path] for number in (1, 2, 3)] == [
        "complete",
        "error",
        "complete",
    ]
    assert summary.changes.failed_runs == [f"{lab.root}/{lab.run(2).path}"]
    assert lab.files(lab.run(2).path) == {}
    assert lab.messages(lab.run(2).path) == ("PROCESSING_FAILED",)
    assert "the database refuses this one" in lab.texts("PROCESSING_FAILED")[0]
    assert len(lab.files(lab.run(3).path)) == 15
