"""What the migration takes over from the version before, and what it leaves when taken back."""

import datetime as dt

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, MetaData, Table, select

from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.db.migrate import alembic_config, upgrade
from seqauto_pipeline.db.store.model_store import ModelStore

AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
UNTIL = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


@pytest.fixture
def at_0001(empty: Engine) -> Engine:
    """Give a database of the version before, with one scan."""
    upgrade(empty)
    ModelStore(empty).scans.begin("a-scan", AT, Scope(), full=True)
    command.downgrade(alembic_config(empty), "0001")
    return empty


def table(engine: Engine, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=engine)


def add_message(connection: Connection, number: int, by: str | None) -> None:
    connection.execute(
        table(connection.engine, "message").insert(),
        {
            "id": number,
            "key": f"K{number}",
            "code": "EMPTY_FILE",
            "severity": "error",
            "text": "it is empty",
            "fix": "make it again",
            "opened_scan_id": 1,
            "opened_at": AT,
            "acknowledged_by": by,
            "acknowledged_why": by and "as ordered",
            "acknowledged_at": by and AT,
            "acknowledged_until": by and UNTIL,
        },
    )


def add_run(connection: Connection, number: int) -> None:
    runs = table(connection.engine, "sequencing_run")
    row: dict[str, object] = {
        "id": number,
        "root": "/root",
        "path": f"run{number}",
        "name": f"run{number}",
        "layout": "tau",
        "data_state": "complete",
        "facts": {},
        "fingerprint": "judged",
        "first_scan_id": 1,
    }
    flags = ("has_basecalls", "has_interop", "legacy", "bad", "hidden", "gold_standard")
    connection.execute(runs.insert(), row | dict.fromkeys(flags, False))


def test_acknowledgements_in_force_begin_their_history(at_0001: Engine):
    with at_0001.begin() as connection:
        add_message(connection, 1, None)
        add_message(connection, 2, "Ann")

    upgrade(at_0001)

    annotations = table(at_0001, "annotation")
    with at_0001.connect() as connection:
        (row,) = connection.execute(select(annotations)).all()
        stored = table(at_0001, "message")
        at = connection.scalar(select(stored.c.acknowledged_at).where(stored.c.id == 2))
    assert (row.what, row.message_id, row.sequencing_run_id) == ("acknowledgement", 2, None)
    assert (row.is_on, row.who, row.why, row.at) == (True, "Ann", "as ordered", at)
    assert row.until > row.at


def test_an_older_program_judges_skipped_runs_anew(at_0001: Engine):
    with at_0001.begin() as connection:
        add_run(connection, 1)
        add_run(connection, 2)
    upgrade(at_0001)
    skip = {"what": "skip", "sequencing_run_id": 1, "is_on": True, "who": "Ann", "at": AT}
    with at_0001.begin() as connection:
        connection.execute(table(at_0001, "annotation").insert(), skip)

    command.downgrade(alembic_config(at_0001), "0001")

    runs = table(at_0001, "sequencing_run")
    with at_0001.connect() as connection:
        found = connection.execute(select(runs.c.id, runs.c.fingerprint).order_by(runs.c.id)).all()
    assert [tuple(row) for row in found] == [(1, None), (2, "judged")]
