"""The figures that metrics tell, as plain values."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.db.look.session import open_to_read, sqlite_file_of
from seqauto_pipeline.db.queries.counts import ModelCounts, model_counts
from seqauto_pipeline.db.schema_check import require_current_schema
from seqauto_pipeline.db.session import read_session

if TYPE_CHECKING:
    from seqauto_pipeline.db.outbox.queries import ReceiverFacts


@dataclass(frozen=True, slots=True)
class FinishedScan:
    at: dt.datetime
    seconds: float  # that it took


@dataclass(frozen=True, slots=True)
class Figures:
    """What the metrics tell. None: nothing is known of it yet."""

    counts: ModelCounts | None
    last_finished: FinishedScan | None  # of scans of everything
    last_scan_failed: bool | None  # whichever scan ended last
    max_scan_age: dt.timedelta
    deliveries: "tuple[ReceiverFacts, ...]" = ()


def counts_of(database_url: str, now: dt.datetime, archive: Archive) -> ModelCounts | None:
    """Count what the models have; None where no scan has made them yet."""
    file = sqlite_file_of(database_url)
    if file is not None and not file.exists():
        return None
    with open_to_read(database_url) as engine:
        require_current_schema(engine)
        with read_session(engine) as session:
            return model_counts(session, now, archive)


def deliveries_of(database_url: str) -> "tuple[ReceiverFacts, ...]":
    """Say how far deliveries have come; nothing where no scan has made models yet."""
    file = sqlite_file_of(database_url)
    if file is not None and not file.exists():
        return ()
    from seqauto_pipeline.db.outbox.queries import receiver_facts  # noqa: PLC0415  (not where it is off)

    with open_to_read(database_url) as engine, read_session(engine) as session:
        return receiver_facts(session)
