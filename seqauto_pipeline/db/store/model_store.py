"""What a scan reads from and writes to the file models: few statements, however many files.

Numbers of records (ids) are given out here: a scan holds the scan lock and is the only one that
adds records, and known numbers let thousands of rows be written in one statement.
"""

import datetime as dt
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.sample_sheet import SampleSheet as ParsedSampleSheet
from seqauto_pipeline.core.sheet.sample_sheet import SheetSample
from seqauto_pipeline.core.verdict.accounting import UnexpectedEntry
from seqauto_pipeline.core.verdict.messages import MessageChanges, OpenMessage
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample, ReadSheet
from seqauto_pipeline.core.verdict.reconcile import FileChange, FileKey, FileRecord, ScanIds
from seqauto_pipeline.core.verdict.run_plan import RunPlan
from seqauto_pipeline.core.verdict.run_record import RunRecord
from seqauto_pipeline.core.verdict.stored_run import RunAsOf, StoredRun
from seqauto_pipeline.db.base import Base
from seqauto_pipeline.db.models import (
    ExpectedFile,
    FileEvent,
    LoadedContent,
    Message,
    RunEvent,
    SampleSheet,
    Scan,
    SequencingRun,
    SequencingSample,
    UnexpectedFile,
)
from seqauto_pipeline.db.session import reachable
from seqauto_pipeline.db.store.bulk import insert_rows

_Rows = list[dict[str, Any]]  # what SQLAlchemy takes for many rows
_THERE = (DataState.COMPLETE.value, DataState.ERROR.value)


@dataclass(frozen=True, slots=True)
class KnownRow:
    """What every scan must know of every run: one small row each."""

    id: int
    root: str
    path: str
    name: str
    data_state: RunState
    legacy: bool
    fingerprint: str | None
    run_info_id: str | None
    flowcell: str | None
    flowcell_id: str | None


@dataclass(frozen=True, slots=True)
class ScanRow:
    """What is stored of a scan."""

    id: int
    dagster_run_id: str
    started_at: dt.datetime
    record_id: str | None
    as_of: dt.datetime | None
    scope: Scope
    applied_at: dt.datetime | None

    def covers(self, root: str, path: str) -> bool:
        name = path.rpartition("/")[2]
        in_roots = not self.scope.roots or root in self.scope.roots
        return in_roots and (
            not self.scope.runs or name in self.scope.runs or path in self.scope.runs
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """How much of everything the models hold."""

    runs: Mapping[str, int]  # by state
    files: Mapping[tuple[str, str], int]  # by type and state, without retired ones
    messages: Mapping[tuple[str, str], int]  # open ones, by severity and code


@dataclass(frozen=True, slots=True)
class LoadedRun:
    """A stored run with the numbers of its records."""

    id: int
    stored: StoredRun
    file_ids: Mapping[FileKey, int]
    sheet_ids: Mapping[str, int]  # by MD5
    current_sheet_id: int | None


@dataclass(slots=True)
class _Batch:
    """Rows to write, collected over several runs."""

    new_runs: _Rows = field(default_factory=list)
    runs: _Rows = field(default_factory=list)
    run_events: _Rows = field(default_factory=list)
    not_current: list[int] = field(default_factory=list)
    current: list[int] = field(default_factory=list)
    replaced_samples: list[int] = field(default_factory=list)
    sheets: _Rows = field(default_factory=list)
    samples: _Rows = field(default_factory=list)
    new_files: _Rows = field(default_factory=list)
    files: _Rows = field(default_factory=list)
    events: _Rows = field(default_factory=list)
    contents: _Rows = field(default_factory=list)
    replaced_contents: list[int] = field(default_factory=list)
    messages: _Rows = field(default_factory=list)
    reworded: _Rows = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    unexpected: _Rows = field(default_factory=list)
    no_longer_unexpected: _Rows = field(default_factory=list)


class ModelStore:
    """The file models, for scans."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._next_ids: dict[str, int] = {}

    def begin_scan(
        self, dagster_run_id: str, started_at: dt.datetime, scope: Scope, *, full: bool
    ) -> int:
        """Store that a scan has begun; give its number, which is the same when asked again."""
        with reachable(self._engine), self._engine.begin() as connection:
            known = connection.scalar(select(Scan.id).where(Scan.dagster_run_id == dagster_run_id))
            if known is not None:
                return known
            row = {
                "dagster_run_id": dagster_run_id,
                "started_at": started_at,
                "is_everything": scope.is_everything,
                "scope": asdict(scope),
                "is_full": full,
            }
            result = connection.execute(insert(Scan).values(row).returning(Scan.id))
            return result.scalar_one()

    def set_record(self, scan_id: int, record_id: str, as_of: dt.datetime) -> None:
        with reachable(self._engine), self._engine.begin() as connection:
            connection.execute(
                update(Scan).where(Scan.id == scan_id).values(record_id=record_id, as_of=as_of)
            )

    def finish_scan(self, scan_id: int, at: dt.datetime, counts: Mapping[str, Any]) -> None:
        with reachable(self._engine), self._engine.begin() as connection:
            connection.execute(
                update(Scan).where(Scan.id == scan_id).values(applied_at=at, counts=dict(counts))
            )

    def scan(self, dagster_run_id: str) -> ScanRow | None:
        """Find a scan by its Dagster run id."""
        query = _scan_query().where(Scan.dagster_run_id == dagster_run_id)
        with reachable(self._engine), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _scan_row(row)

    def newest_record_id(self) -> str | None:
        """Id of the record of the last scan of everything that listed the disks itself."""
        query = (
            select(Scan.record_id)
            .where(Scan.record_id == Scan.dagster_run_id, Scan.is_everything.is_(True))
            .order_by(Scan.id.desc())
            .limit(1)
        )
        with reachable(self._engine), self._engine.connect() as connection:
            return connection.scalar(query)

    def recent_applied_scans(self, before: int) -> tuple[ScanRow, ...]:
        """Applied scans back to the last one of everything, newest first."""
        last = (
            select(func.max(Scan.id))
            .where(Scan.applied_at.is_not(None), Scan.is_everything.is_(True), Scan.id < before)
            .scalar_subquery()
        )
        query = (
            _scan_query()
            .where(
                Scan.applied_at.is_not(None), Scan.id < before, Scan.id >= func.coalesce(last, 0)
            )
            .order_by(Scan.id.desc())
        )
        with reachable(self._engine), self._engine.connect() as connection:
            return tuple(_scan_row(row) for row in connection.execute(query))

    def scans_later_than(self, as_of: dt.datetime) -> frozenset[int]:
        """Applied scans whose file lists are younger."""
        query = select(Scan.id).where(Scan.applied_at.is_not(None), Scan.as_of > as_of)
        with reachable(self._engine), self._engine.connect() as connection:
            return frozenset(connection.scalars(query))

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
        with reachable(self._engine), self._engine.connect() as connection:
            last = {run_id: RunState(state) for run_id, state in connection.execute(states)}
            with_sheet = set(connection.scalars(sheets))
        return {
            run_id: RunAsOf(last.get(run_id), run_id in with_sheet)
            for run_id in last.keys() | with_sheet
        }

    def newest_as_of(self) -> dt.datetime | None:
        """When the disks were listed that the models show now."""
        query = select(func.max(Scan.as_of)).where(Scan.applied_at.is_not(None))
        with reachable(self._engine), self._engine.connect() as connection:
            return connection.scalar(query)

    def known_runs(self) -> tuple[KnownRow, ...]:
        names = [each.name for each in fields(KnownRow)]
        query = select(*(SequencingRun.__table__.c[name] for name in names)).order_by(
            SequencingRun.root, SequencingRun.path
        )
        with reachable(self._engine), self._engine.connect() as connection:
            return tuple(
                KnownRow(**{**row, "data_state": RunState(row["data_state"])})
                for row in connection.execute(query).mappings()
            )

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
        with reachable(self._engine), self._engine.connect() as connection:
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
        with reachable(self._engine), self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def runs_with_file_errors(self) -> frozenset[int]:
        query = (
            select(ExpectedFile.sequencing_run_id)
            .where(
                ExpectedFile.data_state == DataState.ERROR.value, ExpectedFile.retired.is_(False)
            )
            .distinct()
        )
        with reachable(self._engine), self._engine.connect() as connection:
            return frozenset(connection.scalars(query))

    def totals(self) -> Totals:
        runs = select(SequencingRun.data_state, func.count()).group_by(SequencingRun.data_state)
        files = (
            select(ExpectedFile.file_type, ExpectedFile.data_state, func.count())
            .where(ExpectedFile.retired.is_(False))
            .group_by(ExpectedFile.file_type, ExpectedFile.data_state)
        )
        messages = (
            select(Message.severity, Message.code, func.count())
            .where(Message.closed_at.is_(None))
            .group_by(Message.severity, Message.code)
        )
        with reachable(self._engine), self._engine.connect() as connection:
            return Totals(
                {row[0]: row[1] for row in connection.execute(runs)},
                {(row[0], row[1]): row[2] for row in connection.execute(files)},
                {(row[0], row[1]): row[2] for row in connection.execute(messages)},
            )

    def load(self, run_ids: Collection[int]) -> dict[int, LoadedRun]:
        """Load all that a scan needs of some runs, in a handful of queries."""
        with reachable(self._engine), self._engine.connect() as connection:
            return _Loader(connection, run_ids).load()

    def save(
        self, plans: Sequence[tuple[LoadedRun | None, RunPlan]], scan: ScanIds, at: dt.datetime
    ) -> None:
        """Store the changes of some runs together, or none of them."""
        with reachable(self._engine), self._engine.begin() as connection:
            self._learn_ids(connection)
            before = dict(self._next_ids)
            try:
                batch = _Batch()
                for loaded, plan in plans:
                    self._collect(batch, loaded, plan, scan, at)
                _write(connection, batch, scan, at)
            except BaseException:
                self._next_ids = before
                raise

    def save_messages(
        self, changes: MessageChanges, run_id: int | None, scan: ScanIds, at: dt.datetime
    ) -> None:
        """Store messages that are about a root, or about more than one run."""
        self.save_many_messages(((run_id, changes),), scan, at)

    def save_many_messages(
        self,
        changes: Iterable[tuple[int | None, MessageChanges]],
        scan: ScanIds,
        at: dt.datetime,
    ) -> None:
        batch = _Batch()
        for run_id, each in changes:
            _collect_messages(batch, run_id, each, scan, at)
        if batch.messages or batch.reworded or batch.closed:
            with reachable(self._engine), self._engine.begin() as connection:
                _write_messages(connection, batch, scan, at)

    def open_messages(
        self, codes: Collection[str] | None = None
    ) -> dict[int | None, tuple[OpenMessage, ...]]:
        """Open messages by run: those of these codes; None: those that are about no run."""
        query = _message_query()
        if codes is None:
            query = query.where(Message.sequencing_run_id.is_(None))
        else:
            query = query.where(Message.code.in_(codes))
        found: dict[int | None, list[OpenMessage]] = {}
        with reachable(self._engine), self._engine.connect() as connection:
            for row in connection.execute(query):
                found.setdefault(row.sequencing_run_id, []).append(_open_message(row))
        return {run_id: tuple(messages) for run_id, messages in found.items()}

    def _learn_ids(self, connection: Connection) -> None:
        tables = (SequencingRun, SampleSheet, SequencingSample, ExpectedFile, FileEvent)
        missing = [each for each in tables if each.__tablename__ not in self._next_ids]
        if missing:
            maxima = [select(func.max(each.id)).scalar_subquery() for each in missing]
            found = connection.execute(select(*maxima)).one()
            for each, value in zip(missing, found, strict=True):
                self._next_ids[each.__tablename__] = (value or 0) + 1

    def _new_id(self, table: type[Base]) -> int:
        number = self._next_ids[table.__tablename__]
        self._next_ids[table.__tablename__] = number + 1
        return number

    def _collect(
        self, batch: _Batch, loaded: LoadedRun | None, plan: RunPlan, scan: ScanIds, at: dt.datetime
    ) -> None:
        run_id = self._collect_run(batch, loaded, plan, scan)
        if plan.sheet is not None:
            self._collect_sheet(batch, run_id, loaded, plan, plan.sheet, scan)
        file_ids = dict(loaded.file_ids) if loaded is not None else {}
        for change in plan.files:
            self._collect_file(batch, run_id, file_ids, change, scan)
        known = loaded.stored.signatures if loaded is not None else {}
        batch.replaced_contents += [file_ids[key] for key in plan.contents if key in known]
        for key, result in plan.contents.items():
            batch.contents.append(
                {
                    "expected_file_id": file_ids[key],
                    "signature": result.signature,
                    "data": result.data,
                    "problems": [_problem_to_json(each) for each in result.problems] or None,
                }
            )
        _collect_messages(batch, run_id, plan.messages, scan, at)
        for entry in plan.unexpected.found:
            batch.unexpected.append(
                {"sequencing_run_id": run_id, "first_scan_id": scan.this, **asdict(entry)}
            )
        gone = (*plan.unexpected.gone, *(entry.path for entry in plan.unexpected.found))
        batch.no_longer_unexpected += [{"b_run_id": run_id, "b_path": path} for path in gone]

    def _collect_run(
        self, batch: _Batch, loaded: LoadedRun | None, plan: RunPlan, scan: ScanIds
    ) -> int:
        row: dict[str, Any] = {**asdict(plan.record), "fingerprint": plan.fingerprint}
        if loaded is None:
            run_id = self._new_id(SequencingRun)
            new = dict.fromkeys(("legacy", "bad", "hidden", "gold_standard"), False)
            row |= {**new, "id": run_id, "facts": plan.facts or {}, "first_scan_id": scan.this}
            batch.new_runs.append(row)
        else:
            run_id = loaded.id
            is_gone = plan.record.data_state is RunState.DELETED
            row |= {"b_id": run_id, "last_seen_scan_id": scan.previous if is_gone else None}
            if plan.facts is not None:
                row["facts"] = plan.facts
            batch.runs.append(row)
        if plan.is_state_change:
            batch.run_events.append(_run_event(run_id, plan, scan))
        return run_id

    def _collect_sheet(
        self,
        batch: _Batch,
        run_id: int,
        loaded: LoadedRun | None,
        plan: RunPlan,
        sheet: ReadSheet,
        scan: ScanIds,
    ) -> None:
        sheet_ids = loaded.sheet_ids if loaded is not None else {}
        if loaded is not None and loaded.current_sheet_id is not None:
            batch.not_current.append(loaded.current_sheet_id)
        sheet_id = sheet_ids.get(sheet.md5)
        if sheet_id is None:
            sheet_id = self._new_id(SampleSheet)
            row = _sheet_row(sheet_id, run_id, sheet, plan.sheet_content)
            row |= {"version": len(sheet_ids) + 1, "first_scan_id": scan.this}
            batch.sheets.append(row)
        else:
            batch.current.append(sheet_id)
            batch.replaced_samples.append(sheet_id)
        for number, judged in enumerate(sheet.samples, 1):
            row = _sample_row(sheet_id, number, judged)
            batch.samples.append({"id": self._new_id(SequencingSample), **row})

    def _collect_file(
        self,
        batch: _Batch,
        run_id: int,
        file_ids: dict[FileKey, int],
        change: FileChange,
        scan: ScanIds,
    ) -> None:
        new = change.new
        row: dict[str, Any] = {**_file_row(new)}
        if change.old is None:
            file_ids[new.key] = self._new_id(ExpectedFile)
            batch.new_files.append({"id": file_ids[new.key], "sequencing_run_id": run_id, **row})
        else:
            batch.files.append({"b_id": file_ids[new.key], **row})
        if change.is_event:
            moved = change.old is not None and change.old.path != new.path
            batch.events.append(
                {
                    "id": self._new_id(FileEvent),
                    "expected_file_id": file_ids[new.key],
                    "scan_id": scan.this,
                    "old_state": None if change.old is None else change.old.ledger_state,
                    "new_state": new.ledger_state,
                    "size": new.size,
                    "modified_ns": new.modified_ns,
                    "path": change.old.path if moved and change.old is not None else None,
                }
            )


def _write(connection: Connection, batch: _Batch, scan: ScanIds, at: dt.datetime) -> None:
    """Write a batch, parents before children, each table in one statement."""
    _insert(connection, SequencingRun, batch.new_runs)
    _update_runs(connection, batch.runs)
    _insert(connection, RunEvent, batch.run_events)
    _write_sheets(connection, batch)
    _insert_many(connection, ExpectedFile, batch.new_files)
    _update(connection, ExpectedFile, batch.files)
    _insert_many(connection, FileEvent, batch.events)
    replaced = batch.replaced_contents
    _delete_in(connection, LoadedContent.__table__, "expected_file_id", replaced)
    _insert_many(connection, LoadedContent, batch.contents)
    _write_messages(connection, batch, scan, at)
    if batch.no_longer_unexpected:
        query = delete(UnexpectedFile).where(
            UnexpectedFile.sequencing_run_id == bindparam("b_run_id"),
            UnexpectedFile.path == bindparam("b_path"),
        )
        connection.execute(query, batch.no_longer_unexpected)
    _insert(connection, UnexpectedFile, batch.unexpected)


def _write_sheets(connection: Connection, batch: _Batch) -> None:
    if batch.not_current:
        query = update(SampleSheet).where(SampleSheet.id.in_(batch.not_current))
        connection.execute(query.values(is_current=False))
    if batch.current:
        query = update(SampleSheet).where(SampleSheet.id.in_(batch.current))
        connection.execute(query.values(is_current=True))
    _delete_in(connection, SequencingSample.__table__, "sample_sheet_id", batch.replaced_samples)
    _insert(connection, SampleSheet, batch.sheets)
    _insert_many(connection, SequencingSample, batch.samples)


def _write_messages(connection: Connection, batch: _Batch, scan: ScanIds, at: dt.datetime) -> None:
    _insert(connection, Message, batch.messages)
    _update(connection, Message, batch.reworded)
    if batch.closed:
        query = update(Message).where(Message.id.in_(batch.closed))
        connection.execute(query.values(closed_scan_id=scan.this, closed_at=at))


def _insert(connection: Connection, model: type[Base], rows: _Rows) -> None:
    if rows:  # the table and not the model: the way over the ORM takes twice the time
        connection.execute(insert(_table(model)), rows)


def _insert_many(connection: Connection, model: type[Base], rows: _Rows) -> None:
    if rows:
        insert_rows(connection, _table(model), rows)


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def _update(connection: Connection, model: type[Base], rows: _Rows) -> None:
    if rows:
        table = model.__table__
        names = rows[0].keys() - {"b_id"}
        query = update(model).where(table.c.id == bindparam("b_id"))
        connection.execute(query.values({name: bindparam(name) for name in names}), rows)


def _update_runs(connection: Connection, rows: _Rows) -> None:
    """Write runs with and without new facts apart: one statement has one set of columns."""
    _update(connection, SequencingRun, [row for row in rows if "facts" in row])
    _update(connection, SequencingRun, [row for row in rows if "facts" not in row])


def _delete_in(connection: Connection, table: Any, column: str, ids: Collection[int]) -> None:
    if ids:
        connection.execute(delete(table).where(table.c[column].in_(ids)))


def _run_event(run_id: int, plan: RunPlan, scan: ScanIds) -> dict[str, Any]:
    old = plan.old_record
    moved = old is not None and (old.root, old.path) != (plan.record.root, plan.record.path)
    detail = f"moved from {old.root}/{old.path}" if moved and old else plan.record.state_reason
    return {
        "sequencing_run_id": run_id,
        "scan_id": scan.this,
        "old_state": None if old is None else old.data_state.value,
        "new_state": plan.record.data_state.value,
        "detail": detail,
    }


def _file_row(record: FileRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _FILE_COLUMNS}


_FILE_COLUMNS = tuple(each.name for each in fields(FileRecord))
_SAMPLE_FIELDS = ("line", "lane", "sample_id", "sample_name", "sample_project", "sample_number")


def _sheet_row(sheet_id: int, run_id: int, read: ReadSheet, content: bytes) -> dict[str, Any]:
    return {
        "id": sheet_id,
        "sequencing_run_id": run_id,
        "is_current": True,
        "path": read.path,
        "md5": read.md5,
        "format": read.sheet.format.value,
        "facts": _sheet_facts(read.sheet),
        "content": zlib.compress(content, 6),
    }


def _sheet_facts(sheet: ParsedSampleSheet) -> dict[str, Any]:
    return {
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "sections": list(sheet.sections),
        "header": [list(each) for each in sheet.header],
        "reads": list(sheet.reads),
        "settings": [list(each) for each in sheet.settings],
        "columns": list(sheet.columns),
    }


def _sample_row(sheet_id: int, number: int, judged: JudgedSample) -> dict[str, Any]:
    sample = judged.sample
    facts = {"override_cycles": sample.override_cycles, "mismatches": sample.barcode_mismatches}
    return {
        "sample_sheet_id": sheet_id,
        "row": number,
        **{name: getattr(sample, name) for name in _SAMPLE_FIELDS},
        "index": sample.index,
        "index2": sample.index2,
        "is_control": judged.is_control,
        "failed": sample.failed,
        "automatically_process": judged.automatically_process,
        "enrichment_kit": judged.enrichment_kit,
        "sheet_kit": sample.enrichment_kit,
        "extra": dict(sample.extra),
        "processing": facts,
    }


def _collect_messages(
    batch: _Batch, run_id: int | None, changes: MessageChanges, scan: ScanIds, at: dt.datetime
) -> None:
    for key, problem in changes.opened:
        row = {**_message_row(problem), "sequencing_run_id": run_id, "key": key}
        batch.messages.append({**row, "opened_scan_id": scan.this, "opened_at": at})
    for number, problem in changes.reworded:
        batch.reworded.append({**_message_row(problem), "b_id": number})
    batch.closed += changes.closed


def _message_row(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "text": problem.message,
        "fix": problem.fix,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
    }


def _problem_to_json(problem: Problem) -> dict[str, Any]:
    return {**asdict(problem), "severity": problem.severity.value}


def _problem_from_json(row: Mapping[str, Any]) -> Problem:
    return Problem(**{**row, "severity": Severity(row["severity"])})


def _scan_query() -> Any:
    columns = ("id", "dagster_run_id", "started_at", "record_id", "as_of", "scope", "applied_at")
    return select(*(Scan.__table__.c[name] for name in columns))


def _scan_row(row: Row[Any]) -> ScanRow:
    values = dict(row._mapping)
    scope = values.pop("scope")
    return ScanRow(**values, scope=Scope(tuple(scope["roots"]), tuple(scope["runs"])))


def _message_query() -> Any:
    return select(Message.__table__).where(Message.closed_at.is_(None)).order_by(Message.id)


def _open_message(row: Row[Any]) -> OpenMessage:
    problem = Problem(
        row.code, Severity(row.severity), row.text, row.fix, row.path, row.line, row.column
    )
    return OpenMessage(row.id, row.key, problem)


class _Loader:
    """Loads some runs with all that hangs on them: one query a table."""

    def __init__(self, connection: Connection, run_ids: Collection[int]) -> None:
        self._connection, self._ids = connection, tuple(run_ids)

    def load(self) -> dict[int, LoadedRun]:
        records, reads_and_lanes = self._records()
        samples, md5s, sheet_ids, current = self._sheets()
        files, file_ids = self._files()
        signatures, problems, genes = self._contents()
        messages, unexpected = self._messages(), self._unexpected()
        return {
            run_id: LoadedRun(
                id=run_id,
                stored=StoredRun(
                    record=record,
                    samples=tuple(samples.get(run_id, ())),
                    sheet_md5=md5s.get(run_id),
                    files=files.get(run_id, {}),
                    signatures=signatures.get(run_id, {}),
                    content_problems=problems.get(run_id, {}),
                    messages=tuple(messages.get(run_id, ())),
                    unexpected=unexpected.get(run_id, {}),
                    genes=genes.get(run_id, {}),
                    has_second_read=reads_and_lanes[run_id][0],
                    lanes=reads_and_lanes[run_id][1],
                ),
                file_ids=file_ids.get(run_id, {}),
                sheet_ids=sheet_ids.get(run_id, {}),
                current_sheet_id=current.get(run_id),
            )
            for run_id, record in records.items()
        }

    def _rows(self, table: Any, column: str) -> Iterator[Row[Any]]:
        yield from self._connection.execute(select(table).where(table.c[column].in_(self._ids)))

    def _records(
        self,
    ) -> tuple[dict[int, RunRecord], dict[int, tuple[bool | None, int | None]]]:
        """Give the runs, and of each whether it has a second read and how many lanes."""
        names = [each.name for each in fields(RunRecord)]
        records, reads_and_lanes = {}, {}
        for row in self._rows(SequencingRun.__table__, "id"):
            values = {name: row._mapping[name] for name in names}
            values["data_state"] = RunState(values["data_state"])
            records[row.id] = RunRecord(**values)
            reads_and_lanes[row.id] = (_has_second_read(row.facts), row.facts.get("lanes"))
        return records, reads_and_lanes

    def _sheets(
        self,
    ) -> tuple[
        dict[int, list[JudgedSample]], dict[int, str], dict[int, dict[str, int]], dict[int, int]
    ]:
        table = SampleSheet.__table__
        columns = (table.c.id, table.c.sequencing_run_id, table.c.md5, table.c.is_current)
        query = select(*columns).where(table.c.sequencing_run_id.in_(self._ids))
        md5s: dict[int, str] = {}
        sheet_ids: dict[int, dict[str, int]] = {}
        current: dict[int, int] = {}
        for sheet_id, run_id, md5, is_current in self._connection.execute(query):
            sheet_ids.setdefault(run_id, {})[md5] = sheet_id
            if is_current:
                md5s[run_id], current[run_id] = md5, sheet_id
        return self._samples(current), md5s, sheet_ids, current

    def _samples(self, current: Mapping[int, int]) -> dict[int, list[JudgedSample]]:
        run_of = {sheet_id: run_id for run_id, sheet_id in current.items()}
        if not run_of:
            return {}
        table = SequencingSample.__table__
        query = select(table).where(table.c.sample_sheet_id.in_(run_of))
        samples: dict[int, list[JudgedSample]] = {}
        for row in self._connection.execute(query.order_by(table.c.sample_sheet_id, table.c.row)):
            samples.setdefault(run_of[row.sample_sheet_id], []).append(_judged_sample(row))
        return samples

    def _files(self) -> tuple[dict[int, dict[FileKey, FileRecord]], dict[int, dict[FileKey, int]]]:
        files: dict[int, dict[FileKey, FileRecord]] = {}
        ids: dict[int, dict[FileKey, int]] = {}
        for row in self._rows(ExpectedFile.__table__, "sequencing_run_id"):
            mapping = row._mapping
            values = {name: mapping[name] for name in _FILE_COLUMNS}
            values["data_state"] = DataState(values["data_state"])
            record = FileRecord(**values)
            files.setdefault(row.sequencing_run_id, {})[record.key] = record
            ids.setdefault(row.sequencing_run_id, {})[record.key] = row.id
        return files, ids

    def _contents(
        self,
    ) -> tuple[
        dict[int, dict[FileKey, str]],
        dict[int, dict[FileKey, tuple[Problem, ...]]],
        dict[int, dict[str, frozenset[str]]],
    ]:
        table = LoadedContent.__table__
        query = (
            select(
                ExpectedFile.sequencing_run_id,
                ExpectedFile.file_type,
                ExpectedFile.slot,
                table.c.signature,
                table.c.problems,
                LoadedContent.data["genes"].label("genes"),
            )
            .join(ExpectedFile, ExpectedFile.id == table.c.expected_file_id)
            .where(ExpectedFile.sequencing_run_id.in_(self._ids))
        )
        signatures: dict[int, dict[FileKey, str]] = {}
        problems: dict[int, dict[FileKey, tuple[Problem, ...]]] = {}
        genes: dict[int, dict[str, frozenset[str]]] = {}
        for run_id, file_type, slot, signature, found, listed in self._connection.execute(query):
            signatures.setdefault(run_id, {})[file_type, slot] = signature
            if found:
                each = tuple(_problem_from_json(problem) for problem in found)
                problems.setdefault(run_id, {})[file_type, slot] = each
            if isinstance(listed, list):
                genes.setdefault(run_id, {})[slot] = frozenset(listed)
        return signatures, problems, genes

    def _messages(self) -> dict[int, list[OpenMessage]]:
        query = _message_query().where(Message.sequencing_run_id.in_(self._ids))
        found: dict[int, list[OpenMessage]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.sequencing_run_id, []).append(_open_message(row))
        return found

    def _unexpected(self) -> dict[int, dict[str, UnexpectedEntry]]:
        found: dict[int, dict[str, UnexpectedEntry]] = {}
        for row in self._rows(UnexpectedFile.__table__, "sequencing_run_id"):
            entry = UnexpectedEntry(row.path, row.size, row.modified_ns)
            found.setdefault(row.sequencing_run_id, {})[row.path] = entry
        return found


def _has_second_read(facts: Mapping[str, Any]) -> bool | None:
    reads = facts.get("reads")
    return None if reads is None else not reads or sum(not each["is_index"] for each in reads) > 1


def _judged_sample(row: Row[Any]) -> JudgedSample:
    sample = SheetSample(
        **{name: row._mapping[name] for name in _SAMPLE_FIELDS},
        index=row._mapping["index"],
        index2=row.index2,
        failed=row.failed,
        enrichment_kit=row.sheet_kit,
        extra=tuple(row.extra.items()),
        override_cycles=row.processing["override_cycles"],
        barcode_mismatches=tuple(row.processing["mismatches"]),
    )
    return JudgedSample(
        sample=sample,
        is_control=row.is_control,
        automatically_process=row.automatically_process,
        enrichment_kit=row.enrichment_kit,
    )
