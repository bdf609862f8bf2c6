"""What receivers are told of runs just stored, and which things the database looks at for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from seqauto_pipeline.db.outbox.just_stored import new_runs
from seqauto_pipeline.db.outbox.load import load_runs, names_in_two_places
from seqauto_pipeline.db.outbox.values import RunToTell
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.db.store.batch import Batch
from seqauto_pipeline.delivery.configured import outbox_for
from seqauto_pipeline.delivery.dry_run import dry_run
from seqauto_pipeline.delivery.filling import Outbox
from seqauto_pipeline.demo_disk import DemoOptions, write_demo_disk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.delivery.sending_lab import FAST
from seqauto_pipeline_tests.scan.lab import Lab

pytestmark = pytest.mark.usefixtures("on_each_database")

RECEIVER = {
    **FAST,
    "SEQAUTO_VARIANTGRID_URL": "http://127.0.0.1:9",
    "SEQAUTO_VARIANTGRID_TOKEN": "none",
}


@dataclass(slots=True)
class ComparingOutbox(Outbox):
    """Notes what it is handed of new runs, and what the database holds of them."""

    handed: dict[int, RunToTell] = field(default_factory=dict)
    held: dict[int, RunToTell] = field(default_factory=dict)

    def fill(self, connection: Connection, batch: Batch) -> None:
        new = new_runs(batch, names_in_two_places(connection, batch.run_names))
        self.handed |= new
        self.held |= load_runs(connection, new)
        Outbox.fill(self, connection, batch)


def test_what_is_handed_over_of_new_runs_is_what_the_database_holds_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(tmp_path)
    lab.environ |= RECEIVER
    write_demo_disk(lab.root, DemoOptions(12, 3), load_layout("tau"), skip_marker="x")
    plain = outbox_for(lab.settings)
    assert plain is not None
    outbox = ComparingOutbox(plain.rules, plain.receivers)
    monkeypatch.setattr("seqauto_pipeline.scan.applying.outbox_for", lambda _: outbox)

    assert lab.scan().error is None

    assert outbox.handed == outbox.held
    assert len(outbox.held) == 12
    assert any(run.is_in_two_places for run in outbox.held.values())
    assert any(run.contents for run in outbox.held.values())


@contextmanager
def plans_of_reading() -> Iterator[list[str]]:
    """Collect how SQLite finds the things that it is asked for by their runs."""
    plans: list[str] = []

    def note(connection: Any, _: object, statement: str, values: Any, *__: object) -> None:
        if "FROM outbox_thing" in statement and "sequencing_run_id IN" in statement:
            raw = connection.connection.cursor()
            plans.extend(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield plans
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.sqlite  # it reads how SQLite finds them
def test_the_things_of_some_runs_are_found_without_a_look_at_those_of_all(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.environ |= RECEIVER
    for number in range(3):
        lab.run(number).complete()

    with plans_of_reading() as plans:
        assert lab.scan().error is None
        engine = open_database(database_url_for(lab.settings, lab.home))
        dry_run(engine, lab.settings, lambda _: None)
        engine.dispose()

    assert len(plans) >= 2
    assert {plan.partition("USING ")[2] for plan in plans} == {
        "INDEX ix_outbox_thing_sequencing_run_id (sequencing_run_id=?)"
    }
