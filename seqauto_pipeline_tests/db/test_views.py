"""The SQL views: what they say on both databases, and that the page tells of each column."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, RowMapping, inspect, text

from seqauto_pipeline.db.session import open_database
from seqauto_pipeline_tests.cli.conftest import (
    EXOME,
    HOSTILE,
    TWICE,
    ModelsDb,
    scan_time,
)
from seqauto_pipeline_tests.cli.conftest import (
    empty_database as empty_database,  # noqa: PLC0414  (a fixture)
)
from seqauto_pipeline_tests.cli.conftest import (
    models_db as models_db,  # noqa: PLC0414  (a fixture)
)
from seqauto_pipeline_tests.cli.conftest import (
    models_on_postgres as models_on_postgres,  # noqa: PLC0414  (a fixture)
)
from seqauto_pipeline_tests.cli.conftest import (
    seqauto as seqauto,  # noqa: PLC0414  (a fixture)
)

PAGE = Path(__file__).parents[2] / "docs" / "database.md"
VIEWS = {"runs_overview", "missing_files", "open_problems", "file_history", "qc_exec_summary"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def filled(request: pytest.FixtureRequest, models_db: ModelsDb) -> Iterator[Engine]:
    """Give the models written by hand, on each database in turn."""
    if request.param == "sqlite":
        yield models_db.engine
        return
    request.getfixturevalue("models_on_postgres")
    engine = open_database(request.getfixturevalue("postgres_url"))
    yield engine
    engine.dispose()


def rows(engine: Engine, query: str) -> list[RowMapping]:
    with engine.connect() as connection:
        return list(connection.execute(text(query)).mappings())


def moments(engine: Engine, query: str) -> list[str]:
    """Moments of one column as text in UTC, to the second."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        return [str(each)[:19] for each in connection.scalars(text(query))]


def documented() -> dict[str, list[str]]:
    """Give the columns of each view, in the order of the page."""
    parts = re.split(r"^### `(\w+)`$", PAGE.read_text(), flags=re.MULTILINE)
    return {
        name: [
            column
            for cell in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", section, flags=re.MULTILINE)
            for column in re.findall(r"`(\w+)`", cell)
        ]
        for name, section in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_each_view_has_the_columns_that_the_page_tells_of(filled: Engine):
    inspector = inspect(filled)

    stored = {
        name: [column["name"] for column in inspector.get_columns(name)]
        for name in inspector.get_view_names()
    }

    assert stored.keys() == VIEWS
    assert stored == documented()


def test_a_run_is_one_row_with_what_is_expected_of_it(filled: Engine, models_db: ModelsDb):
    found = rows(filled, "SELECT * FROM runs_overview ORDER BY sequencing_run_id")

    exome, miseq, *_ = found
    counted = {name: number for name, number in exome.items() if name.startswith("files_")}
    assert [row["sequencing_run_id"] for row in found] == [1, 2, 3, 4]
    assert exome["run_path"] == models_db.exome
    assert exome["samples"] == 4
    assert counted == {
        "files_expected": 11,
        "files_complete": 5,
        "files_non_existent": 2,
        "files_deleted": 1,
        "files_error": 1,
        "files_skipped": 1,
        "files_running": 1,
    }
    assert (exome["unexpected_files"], exome["open_errors"], exome["open_warnings"]) == (1, 1, 1)
    assert (miseq["files_expected"], miseq["samples"], bool(miseq["hidden"])) == (0, 0, True)
    assert moments(
        filled, "SELECT last_seen_at FROM runs_overview WHERE sequencing_run_id = 4"
    ) == [f"{scan_time(2):%Y-%m-%d %H:%M:%S}"]


def test_a_missing_file_says_since_when(filled: Engine, models_db: ModelsDb):
    found = rows(filled, "SELECT * FROM missing_files ORDER BY file_id")

    assert [(row["file_id"], row["data_state"]) for row in found] == [
        (2, "non_existent"),
        (4, "deleted"),
        (10, "non_existent"),
    ]
    assert found[1]["path"] == f"{models_db.exome}/0_fastq/00S2_R2.fastq.gz"
    assert [row["missing_since_scan_id"] for row in found] == [1, 4, None]
    assert (found[1]["sequencing_run"], found[1]["size"], found[1]["read"]) == (EXOME, 104, 2)
    deleted = "FROM missing_files WHERE data_state = 'deleted'"
    assert moments(filled, f"SELECT missing_since {deleted}") == ["2026-01-04 06:00:00"]
    assert moments(filled, f"SELECT last_seen_at {deleted}") == ["2026-01-02 06:00:00"]
    assert moments(filled, f"SELECT modified_at {deleted}") == ["2026-01-01 00:00:00"]


def test_a_problem_is_open_until_it_is_closed_or_acknowledged(filled: Engine, models_db: ModelsDb):
    found = rows(filled, "SELECT * FROM open_problems ORDER BY message_id")

    assert [row["message_id"] for row in found] == [1, 2, 5, 6, 7]
    assert found[0]["path"] == f"{models_db.exome}/0_fastq/S1_R1.fastq.gz"
    assert found[2]["column_name"] == "index"
    assert found[3]["sequencing_run"] == TWICE
    assert (found[4]["path"], found[4]["run_path"]) == ("/gone", None)


@pytest.mark.parametrize(("until", "is_open"), [("2020-01-01", True), ("2100-01-01", False)])
def test_an_acknowledgement_that_has_ended_opens_a_problem_again(
    filled: Engine, until: str, *, is_open: bool
):
    with filled.begin() as connection:
        statement = "UPDATE message SET acknowledged_until = :until WHERE id = 3"
        connection.execute(text(statement), {"until": f"{until} 00:00:00.000000"})

    found = rows(filled, "SELECT * FROM open_problems WHERE message_id = 3")

    assert bool(found) is is_open


def test_the_life_of_a_file_is_one_row_a_change(filled: Engine, models_db: ModelsDb):
    found = rows(filled, "SELECT * FROM file_history WHERE file_id = 1 ORDER BY event_id")

    changes = [(row["scan_id"], row["old_state"], row["new_state"]) for row in found]
    assert changes == [
        (1, None, "complete"),
        (2, "complete", "deleted"),
        (4, "deleted", "complete"),
    ]
    assert {row["path"] for row in found} == {f"{models_db.exome}/0_fastq/S1_R1.fastq.gz"}
    assert {row["earlier_path"] for row in found} == {None}


def test_a_figure_is_a_number_a_text_or_neither(filled: Engine):
    found = rows(filled, "SELECT * FROM qc_exec_summary")

    figures = {row["name"]: (row["value_number"], row["value_text"]) for row in found}
    assert figures == {
        "Sample": (None, "S1"),
        "Mean": (42.5, None),
        "Reads": (7.0, None),
        "Q": (None, None),
    }
    assert {row["sample_name"] for row in found} == {"S1"}


def test_names_from_a_disk_come_as_they_are_stored(filled: Engine):
    found = rows(filled, "SELECT sample_name FROM missing_files WHERE file_id = 10")

    assert [row["sample_name"] for row in found] == [HOSTILE]
