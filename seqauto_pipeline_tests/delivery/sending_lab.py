"""A laboratory that delivers, and comparisons of its record with the server's tables."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select, text

from seqauto_pipeline.db.lock import delivery_lock
from seqauto_pipeline.db.models import OutboxThing
from seqauto_pipeline.db.models.outbox import state_of_thing
from seqauto_pipeline.db.outbox.load import load_runs
from seqauto_pipeline.db.outbox.queries import receiver_facts, with_waiting
from seqauto_pipeline.db.outbox.sending import stored_thing, things_query
from seqauto_pipeline.db.session import open_database, read_session
from seqauto_pipeline.delivery.configured import receiver_names, rules_for
from seqauto_pipeline.delivery.delivering import Delivery
from seqauto_pipeline.delivery.report import DeliveryReport
from seqauto_pipeline.delivery.retrying import retry_things
from seqauto_pipeline.delivery.telling import things_of
from seqauto_pipeline.delivery.things import Kind, Thing
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.delivery.api import TOKEN, Api
from seqauto_pipeline_tests.scan.lab import Lab

FAST = {
    "SEQAUTO_DELIVERY_PAUSE_SECONDS": "0",
    "SEQAUTO_DELIVERY_READ_TIMEOUT_SECONDS": "1.5",  # a busy machine takes one
    "SEQAUTO_DELIVERY_SETTLE_SECONDS": "2.5",
    "SEQAUTO_DELIVERY_ALIGNERS": '[{name = "BWA", version = "0.7.17"}]',
    "SEQAUTO_DELIVERY_VARIANT_CALLERS": '[{name = "GATK", version = "4.2"}]',
}


class SendingLab(Lab):
    """A laboratory whose scans fill an outbox."""

    def __init__(self, folder: Path, api: Api, database_url: str | None = None) -> None:
        super().__init__(folder, database_url=database_url)
        self.api = api
        self.environ |= {
            **FAST,
            "SEQAUTO_VARIANTGRID_URL": api.url,
            "SEQAUTO_VARIANTGRID_TOKEN": TOKEN,
        }

    def deliver(self) -> DeliveryReport:
        """Deliver to the one receiver."""
        (report,) = self.deliver_to_all()
        return report

    def deliver_to_all(self) -> tuple[DeliveryReport, ...]:
        settings = self.settings
        url = database_url_for(settings, self.home)
        engine = open_database(url)
        try:
            return Delivery(engine, url, settings).run()
        finally:
            engine.dispose()

    def scan_and_deliver(self) -> DeliveryReport:
        assert self.scan().error is None
        return self.deliver()

    def states(self, *kinds: str) -> dict[str, str]:
        """States of the things of some kinds, by their key's last part."""
        query = select(OutboxThing.kind, OutboxThing.key, state_of_thing())
        with self.connected() as connection:
            rows = connection.execute(query).all()
        return {key.rpartition("/")[2]: state for kind, key, state in rows if kind in kinds}

    def states_by_thing(self) -> dict[tuple[str, str], str]:
        """States of all things; those that wait for others are called so."""
        engine = create_engine(database_url_for(self.settings, self.home))
        with engine.connect() as connection:
            rows = connection.execute(things_query()).all()
            things = with_waiting(connection, map(stored_thing, rows))
        engine.dispose()
        return {(each.kind, each.key): each.state for each in things}

    def oldest_due(self) -> dt.datetime | None:
        """Since when the oldest thing that can be sent to the one receiver is wanted."""
        engine = open_database(database_url_for(self.settings, self.home))
        with read_session(engine) as session:
            (facts,) = receiver_facts(session)
        engine.dispose()
        return facts.oldest_due

    def all_states(self) -> set[str]:
        return set(self.states(*(kind.value for kind in Kind)).values())

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connected() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def things(self) -> list[Thing]:
        """All that may be sent, by our own record."""
        engine = create_engine(database_url_for(self.settings, self.home))
        rules = rules_for(self.settings)
        with engine.connect() as connection:
            ids = [row[0] for row in connection.execute(text("SELECT id FROM sequencing_run"))]
            runs = load_runs(connection, ids).values()
        engine.dispose()
        return [thing for run in runs for thing in things_of(run, rules)]

    @contextmanager
    def sending_elsewhere(self) -> Iterator[None]:
        """Hold the lock that a sender holds."""
        (name,) = receiver_names(self.settings)
        url = database_url_for(self.settings, self.home)
        with closing(delivery_lock(url, name, "elsewhere")) as lock:
            assert lock.take() is None
            yield

    def make_due(self) -> None:
        """Let the time pass until the next try of everything."""
        with self.connected() as connection:
            connection.exec_driver_sql("UPDATE outbox_thing SET next_try_at = NULL")
            connection.commit()

    def retry(self) -> int:
        """Try again what is parked, as `seqauto deliver --retry` does."""
        engine = open_database(database_url_for(self.settings, self.home))
        try:
            return retry_things(engine, receiver_names(self.settings), None)
        finally:
            engine.dispose()

    def messages(self) -> dict[str, str]:
        """Open messages about deliveries: their texts by code."""
        rows = self.rows(
            "SELECT code, text FROM message WHERE closed_at IS NULL AND code LIKE 'DELIVERY%'"
        )
        return {row[0]: row[1] for row in rows}
