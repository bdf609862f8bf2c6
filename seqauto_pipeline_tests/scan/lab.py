"""A laboratory in miniature: roots on a real tree, a models database, and scans of them."""

import datetime as dt
import os
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Row, create_engine, func, inspect, select, update

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
from seqauto_pipeline.errors import SeqAutoError, VanishedError
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import (
    create_models,
    parse_sample_sheets,
    plan,
    reuse_files,
    scan_files,
)
from seqauto_pipeline.scan.summaries import FilesSummary, ModelsSummary
from seqauto_pipeline.settings import Settings, database_url_for, load_settings
from seqauto_pipeline_tests import models_database
from seqauto_pipeline_tests.scan.run_folder import RunFolder, Sample, run_name, samples

FileState = tuple[str, str, str]  # type, slot, state
Cell = str | int | float | bool | bytes | dt.datetime | dt.date | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one scan came to."""

    id: str  # of the Dagster run that it would be, and of its record
    files: FilesSummary
    models: ModelsSummary | None
    error: SeqAutoError | None

    @property
    def summary(self) -> ModelsSummary:
        """The summary of a scan that must have finished."""
        assert self.error is None, str(self.error)
        assert self.models is not None
        return self.models

    @property
    def held(self) -> tuple[str, ...]:
        """What the brake held in a scan that must have ended in its error."""
        assert isinstance(self.error, VanishedError), self.error
        return self.error.held


class Lab:
    """Scans of one or more roots into one database."""

    def __init__(
        self,
        folder: Path,
        roots: Sequence[str] = ("disk",),
        database_url: str | None = None,
        home: str = "home",
    ) -> None:
        self.home, self.roots = folder / home, tuple(folder / root for root in roots)
        self.environ = {"SEQAUTO_SCAN_ROOTS": ":".join(map(str, self.roots))}
        self._take_database(database_url or models_database.url_for(self.home))
        self.overrides: dict[str, object] = {}  # settings that no check has seen
        self.home.mkdir(parents=True)
        for root in self.roots:
            root.mkdir(parents=True)

    @classmethod
    def there(cls, folder: Path) -> Self:
        """Open a laboratory of one root that another process has made, and told of its database."""
        lab = cls.__new__(cls)
        lab.home, lab.roots, lab.overrides = folder / "home", (folder / "disk",), {}
        lab.environ = {"SEQAUTO_SCAN_ROOTS": str(lab.root)}
        lab._take_database(os.environ.get("SEQAUTO_DATABASE_URL"))
        return lab

    def set_up_like(self, other: "Lab") -> None:
        """Take another's settings: the same disk, and a models database of its own."""
        self.environ = dict(other.environ)
        self._take_database(models_database.url_for(self.home))

    def _take_database(self, url: str | None) -> None:
        if url is not None:
            self.environ["SEQAUTO_DATABASE_URL"] = url

    @property
    def root(self) -> Path:
        return self.roots[0]

    @property
    def settings(self) -> Settings:
        settings = load_settings({"DAGSTER_HOME": str(self.home), **self.environ})
        return settings.model_copy(update=self.overrides)

    def run(
        self,
        number: int = 1,
        kit: str = "kit_a",
        rows: tuple[Sample, ...] | None = None,
        root: Path | None = None,
        name: str | None = None,
    ) -> RunFolder:
        """Describe a run folder; nothing is written yet."""
        rows = samples("S1", "S2") if rows is None else rows
        return RunFolder(root or self.root, kit, name or run_name(number), rows)

    def scan(
        self,
        roots: tuple[Path, ...] = (),
        runs: tuple[str, ...] = (),
        accept: tuple[Path, ...] = (),
        *,
        full: bool = False,
    ) -> Outcome:
        """Walk the disks and bring the models in line, as the job's steps do."""
        request = ScanRequest(
            roots=tuple(map(str, roots)),
            runs=runs,
            accept_vanished=tuple(map(str, accept)),
            full=full,
        )
        return self.scan_as_asked(request)

    def scan_as_asked(self, request: ScanRequest) -> Outcome:
        scan_id = str(uuid.uuid4())
        files = scan_files(self.settings, self.home, scan_id, request)
        return self.apply(scan_id, scan_id, files, request)

    def replay(
        self, record_id: str, *, force: bool = False, accept: tuple[Path, ...] = ()
    ) -> Outcome:
        """Apply what an earlier scan saw."""
        request = ScanRequest(accept_vanished=tuple(map(str, accept)), force=force)
        scan_id = str(uuid.uuid4())
        files = reuse_files(self.settings, self.home, scan_id, record_id)
        return self.apply(scan_id, record_id, files, request)

    def apply(
        self, scan_id: str, record_id: str, files: FilesSummary, request: ScanRequest
    ) -> Outcome:
        """Take the steps behind the walk."""
        parse_sample_sheets(self.settings, self.home, scan_id, record_id)
        try:
            models = create_models(self.settings, self.home, scan_id, record_id, request)
        except SeqAutoError as error:
            return Outcome(scan_id, files, None, error)
        return Outcome(scan_id, files, models, None)

    def plan(self) -> ModelsSummary:
        return plan(self.settings, self.home, ScanRequest())

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        engine = create_engine(database_url_for(self.settings, self.home))
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    def run_states(self) -> dict[str, str]:
        """State of each run by its path below its root."""
        return {run.path: run.data_state for run in self.sequencing_runs()}

    def sequencing_runs(self) -> tuple[Row[tuple[Cell, ...]], ...]:
        with self.connected() as connection:
            query = select(SequencingRun.__table__).order_by(SequencingRun.path)
            return tuple(connection.execute(query))

    def sequencing_run(self, path: str) -> Row[tuple[Cell, ...]]:
        (run,) = (each for each in self.sequencing_runs() if each.path == path)
        return run

    def files(self, path: str, *, retired: bool = False) -> dict[tuple[str, str], str]:
        """State of a run's files by type and slot."""
        query = (
            select(ExpectedFile.file_type, ExpectedFile.slot, ExpectedFile.data_state)
            .join(SequencingRun, SequencingRun.id == ExpectedFile.sequencing_run_id)
            .where(SequencingRun.path == path, ExpectedFile.retired.is_(retired))
        )
        with self.connected() as connection:
            return {(kind, slot): state for kind, slot, state in connection.execute(query)}

    def applied_scans(self) -> int:
        """How many scans have told that their last change was stored; 0 where none has begun."""
        with self.connected() as connection:
            if not inspect(connection).has_table(Scan.__tablename__):
                return 0
            query = select(func.count()).where(Scan.applied_at.is_not(None))
            return connection.scalar(query) or 0

    def expected_paths(self) -> tuple[str, ...]:
        with self.connected() as connection:
            return tuple(connection.scalars(select(ExpectedFile.path)))

    def counts(self, path: str) -> Counter[str]:
        """How many of a run's files are in each state."""
        return Counter(self.files(path).values())

    def messages(self, path: str | None = None, *, closed: bool = False) -> tuple[str, ...]:
        """Codes of the messages of a run, or of those about no run, in the order of opening."""
        query = (
            select(Message.code)
            .outerjoin(SequencingRun, SequencingRun.id == Message.sequencing_run_id)
            .order_by(Message.id)
        )
        about = SequencingRun.path == path if path else Message.sequencing_run_id.is_(None)
        is_open = Message.closed_at.is_not(None) if closed else Message.closed_at.is_(None)
        with self.connected() as connection:
            return tuple(connection.scalars(query.where(about, is_open)))

    def texts(self, code: str) -> tuple[str, ...]:
        """What the open messages of a code say, with what to do."""
        query = select(Message.text, Message.fix).where(
            Message.code == code, Message.closed_at.is_(None)
        )
        with self.connected() as connection:
            return tuple(f"{text} {fix}" for text, fix in connection.execute(query))

    def ledger(self, path: str, kind: str, slot: str) -> tuple[str, ...]:
        """The states that a file went through."""
        query = (
            select(FileEvent.new_state)
            .join(ExpectedFile, ExpectedFile.id == FileEvent.expected_file_id)
            .join(SequencingRun, SequencingRun.id == ExpectedFile.sequencing_run_id)
            .where(
                SequencingRun.path == path,
                ExpectedFile.file_type == kind,
                ExpectedFile.slot == slot,
            )
            .order_by(FileEvent.id)
        )
        with self.connected() as connection:
            return tuple(connection.scalars(query))

    def run_ledger(self, path: str) -> tuple[tuple[str, str | None], ...]:
        """The states that a run went through, with their details."""
        query = (
            select(RunEvent.new_state, RunEvent.detail)
            .join(SequencingRun, SequencingRun.id == RunEvent.sequencing_run_id)
            .where(SequencingRun.path == path)
            .order_by(RunEvent.id)
        )
        with self.connected() as connection:
            return tuple((state, detail) for state, detail in connection.execute(query))

    def flag(self, path: str, **flags: bool) -> None:
        """Set flags of a run, as people do."""
        with self.connected() as connection:
            query = update(SequencingRun).where(SequencingRun.path == path)
            connection.execute(query.values(**flags))

    def dump(self) -> Mapping[str, tuple[tuple[Cell, ...], ...]]:
        """Every row of every table but that of the scans."""
        with self.connected() as connection:
            return {
                table.name: tuple(
                    tuple(map(_hashable, row))
                    for row in connection.execute(table.select().order_by(*table.primary_key))
                )
                for table in Base.metadata.sorted_tables
                if table.name != "scan"
            }

    def facts(self, *aside: str) -> Mapping[str, tuple[tuple[Cell, ...], ...]]:
        """What the tables say, record for record, without numbers of records, scans and times.

        ``aside`` are further tables, or columns, that are left out.
        """
        with self.connected() as connection:
            return _facts(connection, frozenset(aside))


_ASIDE = frozenset({"id", "sequencing_run_id", "expected_file_id", "sample_sheet_id", "scan_id"})
_WHETHER = frozenset(
    {"last_seen_scan_id", "first_seen_scan_id", "closed_scan_id", "closed_at", "acknowledged_at"}
)
_NEVER = frozenset(
    {"first_scan_id", "opened_scan_id", "written_scan_id", "opened_at", "fingerprint"}
)


def _facts(
    connection: Connection, aside: frozenset[str]
) -> Mapping[str, tuple[tuple[Cell, ...], ...]]:
    run = SequencingRun.__table__
    places: dict[object, tuple[Cell, ...]] = {
        row.id: (row.root, row.path) for row in connection.execute(select(run))
    }
    sheets: dict[object, tuple[Cell, ...]] = {
        row.id: (*places[row.sequencing_run_id], row.version)
        for row in connection.execute(select(SampleSheet.__table__))
    }
    files: dict[object, tuple[Cell, ...]] = {
        row.id: (*places[row.sequencing_run_id], row.file_type, row.slot)
        for row in connection.execute(select(ExpectedFile.__table__))
    }
    owners: dict[str, dict[object, tuple[Cell, ...]]] = {
        "sequencing_run_id": {None: (), **places},
        "sample_sheet_id": sheets,
        "expected_file_id": files,
    }
    models = (
        SequencingRun,
        SampleSheet,
        SequencingSample,
        ExpectedFile,
        FileEvent,
        RunEvent,
        LoadedContent,
        Message,
        UnexpectedFile,
    )
    return {
        model.__tablename__: _rows(connection, model, owners, aside)
        for model in models
        if model.__tablename__ not in aside
    }


def _rows(
    connection: Connection,
    model: type[Base],
    owners: dict[str, dict[object, tuple[Cell, ...]]],
    aside: frozenset[str],
) -> tuple[tuple[Cell, ...], ...]:
    """Rows with their owners' places for numbers; a ledger's in its order for each owner."""
    rows = []
    counters: Counter[tuple[Cell, ...]] = Counter()
    for row in connection.execute(model.__table__.select().order_by(*model.__table__.primary_key)):
        values = row._mapping
        owner = next((found[values[name]] for name, found in owners.items() if name in values), ())
        counters[owner] += 1
        order = (counters[owner],) if model in (FileEvent, RunEvent) else ()
        kept = tuple(
            value is not None if name in _WHETHER else _hashable(value)
            for name, value in values.items()
            if name not in _ASIDE | _NEVER | aside
        )
        rows.append((*owner, *order, *kept))
    return tuple(sorted(rows, key=repr))


def _hashable(value: Cell | list[object] | dict[str, object]) -> Cell:
    return repr(value) if isinstance(value, dict | list) else value


def tree(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Mode, size and modification time of everything below a directory: nothing may change it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        facts = path.lstat()
        found[str(path)] = (facts.st_mode, facts.st_size, facts.st_mtime_ns)
    return found
