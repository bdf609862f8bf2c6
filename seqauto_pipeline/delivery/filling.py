"""Fill the outbox: with each batch of runs that a scan stores, and for what else has changed."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from seqauto_pipeline.db.outbox.fill import (
    RunBasis,
    forget_unneeded,
    run_bases,
    store_stamps,
    store_wanted,
    stored_stamps,
)
from seqauto_pipeline.db.outbox.just_stored import new_runs
from seqauto_pipeline.db.outbox.load import FASTQ, load_runs, names_in_two_places
from seqauto_pipeline.db.outbox.values import RunToTell
from seqauto_pipeline.db.session import Connection, Engine, read_connection, write_connection
from seqauto_pipeline.db.store.batch import Batch
from seqauto_pipeline.delivery.rules import DeliveryRules
from seqauto_pipeline.delivery.telling import wanted_of

_BATCH_RUNS = 50


@dataclass(slots=True)
class Outbox:
    """What the receivers that are configured should hold."""

    rules: DeliveryRules
    receivers: tuple[tuple[str, bool], ...]  # name, and whether it takes uploads
    filled: int = 0  # runs

    def fill(self, connection: Connection, batch: Batch) -> None:
        """Store what should be delivered of some runs, in the transaction that stores them."""
        try:
            with connection.begin_nested():  # what the scan has stored stays, whatever comes
                twice = names_in_two_places(connection, batch.run_names)
                runs = new_runs(batch, twice)
                if batch.runs:
                    runs |= load_runs(connection, [row["b_id"] for row in batch.runs])
                self._fill(connection, run_bases(connection, twice, batch.run_ids), runs)
        except Exception:  # whatever it is: `fill_rest` finds these runs unfilled, and raises it
            self.filled += len(batch.run_ids)

    def fill_rest(
        self, engine: Engine, progress: Callable[[int, int], None] = lambda _done, _total: None
    ) -> None:
        """Do the same for all runs that changed otherwise.

        A flag was set, a setting changed, a namesake came or went, or delivery is new here.
        """
        with read_connection(engine) as connection:
            stale = self._stale(connection)
        done = 0
        for batch in _batches(stale):
            with write_connection(engine) as connection:
                self._fill(connection, batch, load_runs(connection, [each.id for each in batch]))
            done += len(batch)
            progress(done, len(stale))
        if self.filled:
            with write_connection(engine) as connection:
                forget_unneeded(connection)

    def _stale(self, connection: Connection) -> Sequence[RunBasis]:
        known = stored_stamps(connection)
        bases = run_bases(connection, names_in_two_places(connection))
        common = self._common_stamp()
        return [each for each in bases if known.get(each.id) != self._stamp(each, common)]

    def _fill(
        self, connection: Connection, bases: Sequence[RunBasis], runs: Mapping[int, RunToTell]
    ) -> None:
        self.filled += len(bases)
        by_uploads = {
            uploads: {
                run_id: wanted_of(run, self.rules, with_uploads=uploads)
                for run_id, run in runs.items()
            }
            for uploads in {uploads for _, uploads in self.receivers}
        }
        now = dt.datetime.now(dt.UTC)
        for name, uploads in self.receivers:
            store_wanted(connection, name, by_uploads[uploads], now)
        common = self._common_stamp()
        store_stamps(connection, [(each.id, self._stamp(each, common)) for each in bases])

    def _common_stamp(self) -> str:
        said = f"{self.rules.stamp()}|{sorted(self.receivers)}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def _stamp(self, basis: RunBasis, common: str) -> str:
        is_archived = self.rules.archive.covers(FASTQ, basis.kit, basis.date)
        flags = "".join("01"[flag] for flag in (*basis.flags, basis.is_in_two_places, is_archived))
        return f"{common}:{basis.written}:{flags}"


def _batches(stale: Sequence[RunBasis]) -> Iterator[list[RunBasis]]:
    rest = iter(stale)
    while batch := list(islice(rest, _BATCH_RUNS)):
        yield batch
