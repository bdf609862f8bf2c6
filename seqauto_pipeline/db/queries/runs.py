"""What the commands that show sequencing runs, files, sheets and messages read."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import (
    ExpectedFile,
    LoadedContent,
    Message,
    SampleSheet,
    Scan,
    SequencingRun,
    SequencingSample,
    UnexpectedFile,
)

_BATCH = 200  # sequencing runs: some 40,000 files, and far below SQLite's limit of parameters


@dataclass(frozen=True, slots=True)
class RunFilter:
    state: str | None = None
    kit: str | None = None  # in any case
    with_hidden: bool = False


@dataclass(frozen=True, slots=True)
class FileCount:
    """Files of one run, type and state that a current sheet row asks for."""

    sequencing_run_id: int
    file_type: str
    data_state: str
    files: int


@dataclass(frozen=True, slots=True)
class MessageCount:
    """Open messages of one run and severity that nobody has acknowledged."""

    sequencing_run_id: int
    severity: str
    messages: int


@dataclass(frozen=True, slots=True)
class FileFilter:
    """Which expected files; an empty collection or None does not narrow."""

    states: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()  # sample names
    retired: bool | None = False


@dataclass(frozen=True, slots=True)
class FileRow:
    """The columns of an expected file that lists show: a mapped object costs ten times as much."""

    id: int
    sequencing_run_id: int
    file_type: str
    slot: str
    sample_name: str | None
    lane: int | None
    read: int | None
    path: str  # relative to the run folder
    data_state: str
    reason: str | None
    size: int | None
    modified_ns: int | None
    seen_path: str | None
    first_seen_scan_id: int | None
    last_seen_scan_id: int | None
    retired: bool


_FILE_COLUMNS = tuple(getattr(ExpectedFile, name) for name in FileRow.__slots__)


@dataclass(frozen=True, slots=True)
class MessageFilter:
    run_ids: tuple[int, ...] | None = None
    severity: str | None = None
    code: str | None = None
    with_closed: bool = False  # and acknowledged ones


@dataclass(frozen=True, slots=True)
class SampleContent:
    """What was loaded from the exec summary of a sample."""

    sequencing_run_id: int
    sample_name: str | None
    data: Mapping[str, object] | None


def run_folder(run: SequencingRun) -> str:
    """Absolute path of a run folder."""
    return f"{run.root.rstrip('/')}/{run.path}"


def is_open(message: Message, now: dt.datetime) -> bool:
    """Whether a message still asks for somebody: found by the last scan, and not acknowledged."""
    if message.closed_scan_id is not None:
        return False
    return message.acknowledged_at is None or (
        message.acknowledged_until is not None and message.acknowledged_until <= now
    )


def _is_open(now: dt.datetime) -> ColumnElement[bool]:
    return Message.closed_scan_id.is_(None) & (
        Message.acknowledged_at.is_(None) | (Message.acknowledged_until <= now)
    )


def run_ids(session: Session, wanted: RunFilter | None = None) -> tuple[int, ...]:
    """Ids of sequencing runs, newest first; those without a date last."""
    query = _narrowed(select(SequencingRun.id), wanted or RunFilter(with_hidden=True))
    order = (SequencingRun.date.is_(None), SequencingRun.date.desc(), SequencingRun.name)
    return tuple(session.scalars(query.order_by(*order, SequencingRun.root, SequencingRun.path)))


def _narrowed(query: Select[tuple[int]], wanted: RunFilter) -> Select[tuple[int]]:
    if wanted.state is not None:
        query = query.where(SequencingRun.data_state == wanted.state)
    if wanted.kit is not None:
        query = query.where(func.lower(SequencingRun.enrichment_kit) == wanted.kit.lower())
    return query if wanted.with_hidden else query.where(SequencingRun.hidden.is_(False))


def known_kits(session: Session) -> tuple[str, ...]:
    kits = session.scalars(select(SequencingRun.enrichment_kit).distinct())
    return tuple(sorted(kit for kit in kits if kit is not None))


def in_batches(ids: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Cut ids so that what is read for one batch fits in memory."""
    for start in range(0, len(ids), _BATCH):
        yield tuple(ids[start : start + _BATCH])


def runs_by_id(session: Session, ids: Collection[int]) -> tuple[SequencingRun, ...]:
    """Read sequencing runs, in the order of their ids."""
    found = session.scalars(select(SequencingRun).where(SequencingRun.id.in_(ids)))
    by_id = {run.id: run for run in found}
    return tuple(by_id[run_id] for run_id in ids if run_id in by_id)


def run_by_id(session: Session, run_id: int) -> SequencingRun | None:
    return session.get(SequencingRun, run_id)


def find_runs(session: Session, name_or_path: str) -> tuple[SequencingRun, ...]:
    """Find sequencing runs by name, by path below their root, or by absolute path."""
    text = name_or_path.rstrip("/")
    place = func.rtrim(SequencingRun.root, "/") + "/" + SequencingRun.path
    query = select(SequencingRun).where(
        or_(SequencingRun.name == text, SequencingRun.path == text, place == text)
    )
    return tuple(session.scalars(query.order_by(SequencingRun.root, SequencingRun.path)))


def run_names(session: Session) -> tuple[str, ...]:
    return tuple(session.scalars(select(SequencingRun.name).distinct()))


def runs_without_reads(session: Session) -> tuple[SequencingRun, ...]:
    """List runs of which no reads are known: RunInfo.xml always lists them."""
    query = select(SequencingRun).where(
        SequencingRun.data_state.in_(("complete", "error")),
        SequencingRun.legacy.is_(False),
        SequencingRun.hidden.is_(False),
    )
    runs = session.scalars(query.order_by(SequencingRun.id))
    return tuple(run for run in runs if not run.facts.get("reads"))


def run_that_holds(session: Session, path: str) -> SequencingRun | None:
    """Find the sequencing run whose folder holds an absolute path, or is at it."""
    parts = path.split("/")
    above = ["/".join(parts[:length]) for length in range(2, len(parts) + 1)]
    place = func.rtrim(SequencingRun.root, "/") + "/" + SequencingRun.path
    return session.scalars(select(SequencingRun).where(place.in_(above))).first()


def count_files(session: Session, ids: Collection[int]) -> tuple[FileCount, ...]:
    """Count the files of some sequencing runs, in one statement."""
    columns = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.data_state)
    query = (
        select(*columns, func.count())
        .where(ExpectedFile.sequencing_run_id.in_(ids), ExpectedFile.retired.is_(False))
        .group_by(*columns)
        .order_by(*columns)
    )
    return tuple(FileCount(*row) for row in session.execute(query))


def count_messages(
    session: Session, ids: Collection[int], now: dt.datetime
) -> tuple[MessageCount, ...]:
    columns = (Message.sequencing_run_id, Message.severity)
    query = (
        select(*columns, func.count())
        .where(Message.sequencing_run_id.in_(ids), _is_open(now))
        .group_by(*columns)
    )
    return tuple(
        MessageCount(run_id or 0, severity, number)
        for run_id, severity, number in session.execute(query)
    )


def count_unexpected(session: Session, run_id: int) -> int:
    query = select(func.count()).where(UnexpectedFile.sequencing_run_id == run_id)
    return session.scalar(query.select_from(UnexpectedFile)) or 0


def files_of(
    session: Session, ids: Collection[int], wanted: FileFilter | None = None
) -> tuple[FileRow, ...]:
    """Read expected files of some sequencing runs, by run, type and what each is of."""
    wanted = wanted or FileFilter()
    query = select(*_FILE_COLUMNS).where(ExpectedFile.sequencing_run_id.in_(ids))
    if wanted.retired is not None:
        query = query.where(ExpectedFile.retired.is_(wanted.retired))
    if wanted.states:
        query = query.where(ExpectedFile.data_state.in_(wanted.states))
    if wanted.types:
        query = query.where(ExpectedFile.file_type.in_(wanted.types))
    if wanted.samples:
        query = query.where(ExpectedFile.sample_name.in_(wanted.samples))
    order = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.slot)
    return tuple(FileRow(*row) for row in session.execute(query.order_by(*order)))


def unexpected_files_of(session: Session, ids: Collection[int]) -> tuple[UnexpectedFile, ...]:
    query = select(UnexpectedFile).where(UnexpectedFile.sequencing_run_id.in_(ids))
    order = (UnexpectedFile.sequencing_run_id, UnexpectedFile.path)
    return tuple(session.scalars(query.order_by(*order)))


def file_types(session: Session) -> tuple[str, ...]:
    return tuple(sorted(session.scalars(select(ExpectedFile.file_type).distinct())))


def names_of_sample(session: Session, name_or_id: str) -> tuple[str, ...]:
    """Find the sample names that a text means: it is one, or it is the id of some."""
    by_id = select(SequencingSample.sample_name).where(SequencingSample.sample_id == name_or_id)
    by_name = select(ExpectedFile.sample_name).where(ExpectedFile.sample_name == name_or_id)
    in_sheet = select(SequencingSample.sample_name).where(
        SequencingSample.sample_name == name_or_id
    )
    names = {*session.scalars(by_id.distinct()), *session.scalars(in_sheet.limit(1))}
    return tuple(sorted(names | {name for name in session.scalars(by_name.limit(1)) if name}))


def runs_with_samples(session: Session, names: Collection[str]) -> frozenset[int]:
    """Ids of the sequencing runs that have or had samples of these names."""
    of_files = select(ExpectedFile.sequencing_run_id).where(ExpectedFile.sample_name.in_(names))
    of_sheets = (
        select(SampleSheet.sequencing_run_id)
        .join(SequencingSample, SequencingSample.sample_sheet_id == SampleSheet.id)
        .where(SequencingSample.sample_name.in_(names))
    )
    return frozenset(session.scalars(of_files.distinct())) | frozenset(
        session.scalars(of_sheets.distinct())
    )


def current_sheets(session: Session, ids: Collection[int]) -> tuple[SampleSheet, ...]:
    query = select(SampleSheet).where(
        SampleSheet.sequencing_run_id.in_(ids), SampleSheet.is_current.is_(True)
    )
    return tuple(session.scalars(query))


def sheet_versions(session: Session, run_id: int) -> tuple[tuple[SampleSheet, Scan], ...]:
    """List the versions of a run's sheet with the scan that first saw each, oldest first."""
    query = (
        select(SampleSheet, Scan)
        .join(Scan, Scan.id == SampleSheet.first_scan_id)
        .where(SampleSheet.sequencing_run_id == run_id)
        .order_by(SampleSheet.version)
    )
    return tuple((sheet, scan) for sheet, scan in session.execute(query))


def samples_of(session: Session, sheet_ids: Collection[int]) -> tuple[SequencingSample, ...]:
    """Read the rows of some sheets, in the order of the sheets' lines."""
    query = select(SequencingSample).where(SequencingSample.sample_sheet_id.in_(sheet_ids))
    order = (SequencingSample.sample_sheet_id, SequencingSample.row)
    return tuple(session.scalars(query.order_by(*order)))


def loaded_contents(
    session: Session, ids: Collection[int], types: Collection[str]
) -> tuple[SampleContent, ...]:
    """Read what was loaded from files of some types, by run and sample."""
    columns = (ExpectedFile.sequencing_run_id, ExpectedFile.sample_name, LoadedContent.data)
    query = (
        select(*columns)
        .join(LoadedContent, LoadedContent.expected_file_id == ExpectedFile.id)
        .where(ExpectedFile.sequencing_run_id.in_(ids), ExpectedFile.file_type.in_(types))
        .where(ExpectedFile.retired.is_(False))
        .order_by(ExpectedFile.sequencing_run_id, ExpectedFile.slot)
    )
    return tuple(SampleContent(*row) for row in session.execute(query))


_BY_SEVERITY = {"error": 0, "warning": 1, "info": 2}


def messages(
    session: Session, wanted: MessageFilter, now: dt.datetime
) -> tuple[tuple[Message, SequencingRun | None], ...]:
    """List messages with their runs, errors first, then the newest."""
    query = select(Message, SequencingRun).outerjoin(
        SequencingRun, SequencingRun.id == Message.sequencing_run_id
    )
    if not wanted.with_closed:
        query = query.where(_is_open(now))
    if wanted.run_ids is not None:
        query = query.where(Message.sequencing_run_id.in_(wanted.run_ids))
    if wanted.severity is not None:
        query = query.where(Message.severity == wanted.severity)
    if wanted.code is not None:
        query = query.where(Message.code == wanted.code)
    rows = session.execute(query.order_by(Message.opened_at.desc(), Message.id.desc()))
    found = [(message, run) for message, run in rows]
    found.sort(key=lambda row: _BY_SEVERITY.get(row[0].severity, len(_BY_SEVERITY)))
    return tuple(found)


def open_by_code(
    session: Session, codes: Collection[str], now: dt.datetime
) -> dict[str, list[tuple[Message, SequencingRun | None]]]:
    """Read the messages of some codes that still ask for somebody, the newest last."""
    query = (
        select(Message, SequencingRun)
        .outerjoin(SequencingRun, SequencingRun.id == Message.sequencing_run_id)
        .where(Message.code.in_(codes), _is_open(now))
        .order_by(Message.id)
    )
    found: dict[str, list[tuple[Message, SequencingRun | None]]] = {}
    for message, run in session.execute(query):
        found.setdefault(message.code, []).append((message, run))
    return found


def messages_of(session: Session, ids: Collection[int]) -> tuple[Message, ...]:
    """Read all messages of some sequencing runs, open and closed, in the order they were opened."""
    query = select(Message).where(Message.sequencing_run_id.in_(ids))
    return tuple(session.scalars(query.order_by(Message.sequencing_run_id, Message.id)))


def message_codes(session: Session) -> tuple[str, ...]:
    return tuple(sorted(session.scalars(select(Message.code).distinct())))


def message_by_id(session: Session, message_id: int) -> Message | None:
    return session.get(Message, message_id)
