"""What a scan asks of all stored runs at once, before it loads those that changed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.verdict.messages import OpenMessage
from seqauto_pipeline.core.verdict.stored_run import RunAsOf
from seqauto_pipeline.db.models import (
    ExpectedFile,
    Message,
    RunEvent,
    SampleSheet,
    SequencingRun,
)
from seqauto_pipeline.db.queries.annotations import skip_reasons
from seqauto_pipeline.db.session import read_connection
from seqauto_pipeline.db.store.rows import open_message, open_messages_query
from seqauto_pipeline.db.store.values import KnownRow, Totals

_COLUMNS = tuple(each.name for each in fields(KnownRow) if each.name != "skip_reason")
_THERE = (DataState.COMPLETE.value, DataState.ERROR.value)


class KnownRuns:
    """A little of every stored run."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def runs(self) -> tuple[KnownRow, ...]:
        query = select(*(SequencingRun.__table__.c[name] for name in _COLUMNS)).order_by(
            SequencingRun.root, SequencingRun.path
        )
        with read_connection(self._engine) as connection:
            skipped = skip_reasons(connection)
            return tuple(_known_rows(connection.execute(query), skipped))

    def fingerprints(self, run_ids: Collection[int]) -> dict[int, str | None]:
        """Give by run the fingerprint that it was judged by."""
        query = select(SequencingRun.id, SequencingRun.fingerprint)
        with read_connection(self._engine) as connection:
            rows = connection.execute(query.where(SequencingRun.id.in_(run_ids)))
            return {row.id: row.fingerprint for row in rows}

    def runs_without(self, scans: Collection[int]) -> dict[int, RunAsOf]:
        """What was known of each run before some scans, by the ledger."""
        states = (
            select(RunEvent.sequencing_run_id, RunEvent.new_state)
            .where(RunEvent.scan_id.not_in(scans))
            .order_by(RunEvent.id)
        )
        sheets = select(SampleSheet.sequencing_run_id).where(
            SampleSheet.first_scan_id.not_in(scans)
        )
        with read_connection(self._engine) as connection:
            last = {run_id: RunState(state) for run_id, state in connection.execute(states)}
            with_sheet = set(connection.scalars(sheets))
        return {
            run_id: RunAsOf(last.get(run_id), run_id in with_sheet)
            for run_id in last.keys() | with_sheet
        }

    def files_there(self, run_ids: Collection[int]) -> dict[int, list[tuple[str, str]]]:
        """File type and path of what was there at the last scan, by run."""
        query = select(
            ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.path
        ).where(
            ExpectedFile.sequencing_run_id.in_(run_ids),
            ExpectedFile.data_state.in_(_THERE),
            ExpectedFile.retired.is_(False),
        )
        found: dict[int, list[tuple[str, str]]] = {}
        with read_connection(self._engine) as connection:
            for run_id, file_type, path in connection.execute(query):
                found.setdefault(run_id, []).append((file_type, path))
        return found

    def counts_there(self) -> dict[int, int]:
        """How many files were there at the last scan, by run."""
        query = (
            select(ExpectedFile.sequencing_run_id, func.count())
            .where(ExpectedFile.data_state.in_(_THERE), ExpectedFile.retired.is_(False))
            .group_by(ExpectedFile.sequencing_run_id)
        )
        with read_connection(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def runs_with_file_errors(self) -> frozenset[int]:
        query = (
            select(ExpectedFile.sequencing_run_id)
            .where(
                ExpectedFile.data_state == DataState.ERROR.value, ExpectedFile.retired.is_(False)
            )
            .distinct()
        )
        with read_connection(self._engine) as connection:
            return frozenset(connection.scalars(query))

    def totals(self) -> Totals:
        runs = select(SequencingRun.data_state, func.count()).group_by(SequencingRun.data_state)
        messages = (
            select(Message.severity, Message.code, func.count())
            .where(Message.closed_at.is_(None))
            .group_by(Message.severity, Message.code)
        )
        with read_connection(self._engine) as connection:
            return Totals(
                {row[0]: row[1] for row in connection.execute(runs)},
                dict(_file_totals(connection)),
                {(row[0], row[1]): row[2] for row in connection.execute(messages)},
            )

    def open_messages(
        self, codes: Collection[str] | None = None
    ) -> dict[int | None, tuple[OpenMessage, ...]]:
        """Open messages by run: those of these codes; None: those that are about no run."""
        query = open_messages_query()
        if codes is None:
            query = query.where(Message.sequencing_run_id.is_(None))
        else:
            query = query.where(Message.code.in_(codes))
        found: dict[int | None, list[OpenMessage]] = {}
        with read_connection(self._engine) as connection:
            for row in connection.execute(query):
                found.setdefault(row.sequencing_run_id, []).append(open_message(row))
        return {run_id: tuple(messages) for run_id, messages in found.items()}


def _file_totals(connection: Connection) -> Iterator[tuple[tuple[str, str], int]]:
    """Count files by type and state.

    Summed up run by run, in the order of an index: to sort all files by both takes twice as long.
    """
    states = sorted(DataState)
    counts = [func.count().filter(ExpectedFile.data_state == each.value) for each in states]
    of_runs = (
        select(
            ExpectedFile.file_type, *(n.label(each) for n, each in zip(counts, states, strict=True))
        )
        .where(ExpectedFile.retired.is_(False))
        .group_by(ExpectedFile.sequencing_run_id, ExpectedFile.file_type)
        .subquery()
    )
    kind = of_runs.c.file_type
    query = select(kind, *(func.sum(of_runs.c[each]) for each in states)).group_by(kind)
    for file_type, *numbers in connection.execute(query):
        for state, number in zip(states, numbers, strict=True):
            if number:
                yield (file_type, state.value), int(number)


def _known_rows(rows: Iterable[Sequence[Any]], skipped: Mapping[int, str]) -> Iterator[KnownRow]:
    """Make rows that hold no text twice: there may be many, and they are all at hand."""
    roots: dict[str, str] = {}
    for (
        number,
        root,
        path,
        name,
        state,
        legacy,
        fingerprint,
        run_info_id,
        flowcell,
        with_side,
    ) in rows:
        yield KnownRow(
            id=number,
            root=roots.setdefault(root, root),
            path=path,
            name=name,
            data_state=RunState(state),
            legacy=legacy,
            fingerprint=fingerprint,
            run_info_id=name if run_info_id == name else run_info_id,
            flowcell=flowcell,
            flowcell_id=flowcell if with_side == flowcell else with_side,
            skip_reason=skipped.get(number),
        )
