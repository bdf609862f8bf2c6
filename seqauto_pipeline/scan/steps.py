"""The scan in its steps, without Dagster: scan the files, parse the sheets, build the models.

Each step hands on the id of the scan's record only, so that any of them can be run again later.
"""

import datetime as dt
import hashlib
import os
import tempfile
import zoneinfo
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from seqauto_pipeline import __version__
from seqauto_pipeline.core.display import counted
from seqauto_pipeline.core.file_list import RunListing, Scope, escape_name, unescape_name
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.instruments import MARKER_NAMES
from seqauto_pipeline.core.sheet.codes import RuleLevel
from seqauto_pipeline.core.sheet.sample_sheet import SheetColumns
from seqauto_pipeline.core.verdict.brake import BrakeLimits
from seqauto_pipeline.core.verdict.layout_trial import LayoutTrial, make_trial
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun, SheetPolicy
from seqauto_pipeline.db.migrate import current_revision, prepare_for_scan, require_current, upgrade
from seqauto_pipeline.db.session import Engine, open_database
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import KnownRow, ScanRow
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.disk.parallel.garbage import collecting_rarely
from seqauto_pipeline.disk.record.parsed_runs import ParsedRuns, write_parsed
from seqauto_pipeline.disk.record.parts import IndexedRun, PackedRun, ScanHeader
from seqauto_pipeline.disk.record.paths import parsed_path, prune_records, record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.disk.record.writer import ScanRecordWriter
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.packed_runs import packed_runs
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.errors import (
    NotConfiguredError,
    OlderRecordError,
    ScanRecordError,
    VanishedError,
)
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.scan.model_builder import (
    BuildOptions,
    Changes,
    ModelBuilder,
    ScanInProgress,
    changed_runs,
    held_text,
    try_parsing,
)
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.settings import Settings, database_url_for, time_zone_for

Progress = Callable[[str, int, int | None], None]  # stage, done, total where it is known
Figures = dict[str, int | float | str]
Tables = dict[str, list[dict[str, str | int]]]


@dataclass(frozen=True, slots=True)
class FilesSummary:
    """What the walk saw."""

    record_id: str
    runs: int = 0
    directories: int = 0
    files: int = 0
    bytes_seen: int = 0
    unreadable: int = 0
    unavailable_roots: tuple[str, ...] = ()
    record_bytes: int = 0
    unknown_runs: tuple[str, ...] = ()  # asked for, and called so nowhere

    def metadata(self) -> Figures:
        return {
            "run_folders": self.runs,
            "directories": self.directories,
            "files": self.files,
            "bytes": self.bytes_seen,
            "unreadable": self.unreadable,
            "unavailable_roots": len(self.unavailable_roots),
            "record_bytes": self.record_bytes,
        }

    def tables(self) -> Tables:
        return {
            "unavailable_roots": [{"root": root} for root in self.unavailable_roots],
            "unknown_runs": [{"run": name} for name in self.unknown_runs],
        }


@dataclass(frozen=True, slots=True)
class SheetsSummary:
    """What the sheets and metadata of new and changed runs say."""

    runs: int
    sheets: int
    samples: int
    unreadable_sheets: int
    problems: Mapping[tuple[str, str], int]  # by severity and code

    def metadata(self) -> Figures:
        return {
            "changed_runs": self.runs,
            "sheets": self.sheets,
            "samples": self.samples,
            "unreadable_sheets": self.unreadable_sheets,
            "problems": sum(self.problems.values()),
        }

    def tables(self) -> Tables:
        rows = sorted(self.problems.items())
        return {
            "problems": [
                {"severity": severity, "code": code, "count": count}
                for (severity, code), count in rows
            ]
        }


@dataclass(frozen=True, slots=True)
class ModelsSummary:
    """What the models say now, and what this scan changed of them."""

    scan_id: int
    as_of: str  # when the disks were listed, ISO 8601
    runs: Mapping[str, int]  # by state
    files: Mapping[tuple[str, str], int]  # by type and state
    messages: Mapping[tuple[str, str], int]  # open ones by severity and code
    changes: Changes
    held: tuple[str, ...] = ()
    unknown_runs: tuple[str, ...] = ()  # of a plan: asked for, and called so nowhere

    def metadata(self) -> Figures:
        changes = self.changes
        return {
            "scan_id": self.scan_id,
            "as_of": self.as_of,
            "runs": sum(self.runs.values()),
            "expected_files": sum(self.files.values()),
            "open_messages": sum(self.messages.values()),
            "runs_changed": changes.runs,
            "files_changed": changes.file_states.total(),
            "contents_loaded": changes.contents,
            "messages_opened": changes.messages_opened,
            "messages_closed": changes.messages_closed,
            "runs_failed": len(changes.failed_runs),
            "held_by_the_brake": len(self.held),
        }

    def tables(self) -> Tables:
        return {
            "runs": [{"state": state, "count": n} for state, n in sorted(self.runs.items())],
            "files": _count_rows(self.files, "file_type", "state"),
            "changes": _count_rows(self.changes.file_states, "file_type", "new_state"),
            "messages": _count_rows(self.messages, "severity", "code"),
            "held": [{"part": part} for part in self.held],
            "unknown_runs": [{"run": name} for name in self.unknown_runs],
            "changed_files": [
                {"run": run, "file_type": kind, "path": path, "old": old, "new": new}
                for run, kind, path, old, new in self.changes.lines
            ],
        }

    def in_words(self) -> str:
        """Sum the changes up in a clause."""
        changes = self.changes
        if not changes.runs:
            return "nothing"
        files = changes.file_states.total()
        return f"{counted(files, 'file record')} in {counted(changes.runs, 'run')}"


def _count_rows(
    counts: Mapping[tuple[str, str], int], first: str, second: str
) -> list[dict[str, str | int]]:
    return [{first: a, second: b, "count": count} for (a, b), count in sorted(counts.items())]


def _ignore(_stage: str, _done: int, _total: int | None) -> None:
    """Stand in where nobody follows the progress."""


@collecting_rarely()
def scan_files(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    request: ScanRequest,
    progress: Progress = _ignore,
) -> FilesSummary:
    """List what the layouts look into below the scan roots, and keep it as this scan's record."""
    with _prepared_store(settings, home) as store:
        started = _now()
        basis = _basis(settings, request, home, store, started)
        full = basis.record is None
        scan_id = store.begin_scan(dagster_run_id, started, request.scope, full=full)
        path = record_path(home, dagster_run_id)
        summary = _walk(settings, store, request, basis, path, progress)
        store.set_record(scan_id, dagster_run_id, started)
        return replace(summary, record_id=dagster_run_id)


def reuse_files(
    settings: Settings, home: Path, dagster_run_id: str, record_id: str
) -> FilesSummary:
    """Take what an earlier scan saw in place of a walk."""
    with _prepared_store(settings, home) as store:
        record = ScanRecord(record_path(home, record_id))
        scan_id = store.begin_scan(dagster_run_id, _now(), record.header.scope, full=True)
        store.set_record(scan_id, record_id, dt.datetime.fromisoformat(record.header.started_at))
        counter = _WalkCounter()
        for run in record.index:
            counter.add(run)
        return counter.summary(record_id, (), record_path(home, record_id))


@collecting_rarely()
def parse_sample_sheets(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    record_id: str,
    progress: Progress = _ignore,
) -> SheetsSummary:
    """Read the sheets and metadata of new and changed runs, and keep that beside the record."""
    with _prepared_store(settings, home) as store:
        options = build_options(settings)
        record = ScanRecord(record_path(home, record_id))
        counter = _SheetCounter()

        def parsed() -> Iterator[tuple[str, ParsedRun]]:
            for listing, fingerprint in changed_runs(record, store, options):
                run = try_parsing(listing, options)
                if run is not None:
                    counter.add(listing, run)
                    progress("parse sample sheets", counter.runs, None)
                    yield fingerprint, run

        write_parsed(parsed_path(home, dagster_run_id), parsed())
        return counter.summary()


@collecting_rarely()
def create_models(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    record_id: str,
    request: ScanRequest,
    progress: Progress = _ignore,
) -> ModelsSummary:
    """Bring the file models in line with what the record saw.

    Raises VanishedError, after all else was stored, where the brake holds a part of the disks, and
    OlderRecordError, before anything is, for a list older than the last applied that is not forced.
    """
    with _prepared_store(settings, home) as store:
        record = ScanRecord(record_path(home, record_id))
        as_of = dt.datetime.fromisoformat(record.header.started_at)
        newest = store.newest_as_of()
        if newest is not None and as_of < newest and not request.force:
            summary = _build(settings, store, record, request, None, {}, progress)
            zone = zoneinfo.ZoneInfo(time_zone_for(settings))
            then, now = _words(as_of, zone), _words(newest, zone)
            raise OlderRecordError(then, now, summary.in_words())
        store.begin_scan(dagster_run_id, _now(), record.header.scope, full=record.header.full)
        scan = store.scan(dagster_run_id)
        if scan is None:
            raise ScanRecordError(record_id, f"scan {dagster_run_id} is not in the models database")
        store.set_record(scan.id, record_id, as_of)
        path = parsed_path(home, dagster_run_id)
        summary = _build(settings, store, record, request, scan, ParsedRuns(path), progress)
        path.unlink(missing_ok=True)
        store.finish_scan(scan.id, _now(), _counts(summary))
        if summary.held:
            raise VanishedError(summary.held, summary.metadata())
        return summary


def plan(
    settings: Settings, home: Path, request: ScanRequest, progress: Progress = _ignore
) -> ModelsSummary:
    """Walk the disks and work out what a scan would change; nothing that lasts is written."""
    with (
        _store_for_reading(settings, home) as store,
        tempfile.TemporaryDirectory(prefix="seqauto-plan-") as folder,
    ):
        path = Path(folder) / "record.jsonl.gz"
        basis = _basis(settings, request, home, store, _now())
        seen = _walk(settings, store, request, basis, path, progress)
        summary = _build(settings, store, ScanRecord(path), request, None, {}, progress)
        return replace(summary, unknown_runs=seen.unknown_runs)


def try_layout(settings: Settings, layout: Layout, root: Path, *, most: int) -> LayoutTrial:
    """Walk any directory by a layout, and count what a first scan would make of it.

    No database is opened and nothing is written; ``most`` bounds the examples that are kept.
    """
    walk = RootWalk(os.path.abspath(root), layout, _walk_options(settings, frozenset()))  # noqa: PTH100
    found = walk.find()
    listings = (run for run in walk.list_runs() if isinstance(run, RunListing))
    return make_trial(found, listings, layout, _sheet_policy(settings), most=most)


def record_for_scan(settings: Settings, home: Path, dagster_run_id: str) -> str:
    """Id of the record that a scan made or used. Raises ScanRecordError when it is not kept."""
    with _store_for_reading(settings, home) as store:
        scan = store.scan(dagster_run_id)
    if scan is None or scan.record_id is None:
        raise ScanRecordError(dagster_run_id, "this scan did not get as far as its file list")
    if not record_path(home, scan.record_id).exists():
        reason = "its file list is past retention (keep_scans, keep_days) or in another home"
        raise ScanRecordError(scan.record_id, reason)
    return scan.record_id


def prune(settings: Settings, home: Path, keep: Collection[str] = ()) -> int:
    """Delete records past retention, never the newest or those to ``keep``. Returns how many."""
    oldest = _now().timestamp() - settings.keep_days * 86_400
    return prune_records(home, most=settings.keep_scans, oldest=oldest, keep=keep)


def layouts_for(settings: Settings) -> dict[str, Layout]:
    """Load the layout of each scan root; roots that share one share the object."""
    loaded: dict[str, Layout] = {}
    return {
        escape_name(str(root.path)): loaded.setdefault(name, load_layout(name))
        for root in settings.scan_roots
        for name in (root.layout or settings.layout,)
    }


def build_options(settings: Settings, accepted: Collection[str] = ()) -> BuildOptions:
    rows = settings.gene_coverage_rows
    return BuildOptions(
        layouts=layouts_for(settings),
        policy=_sheet_policy(settings),
        contents=ContentOptions(
            settings.max_content_bytes,
            settings.max_decompressed_bytes,
            "summary" if rows == "none" else rows,
            follow_links_out_of_root=settings.follow_links_out_of_root,
            seconds_per_file=settings.directory_timeout_seconds,
            threads=settings.listing_threads,
        ),
        limits=BrakeLimits(
            settings.brake_fraction, settings.brake_min_runs, settings.brake_min_files
        ),
        settle_minutes=settings.settle_minutes,
        accepted=frozenset(path.rstrip("/") or "/" for path in accepted),
    )


def _sheet_policy(settings: Settings) -> SheetPolicy:
    levels = {code: RuleLevel(level) for code, level in settings.sheet_rules.items()}
    for_kit = {
        kit: {code: RuleLevel(level) for code, level in rules.items()}
        for kit, rules in settings.sheet_rules_for_kit.items()
    }
    columns = SheetColumns(
        settings.panel_column, settings.panel_version_column, settings.extra_columns
    )
    return SheetPolicy(columns, settings.control_sample_regex, levels, for_kit)


@contextmanager
def _prepared_store(settings: Settings, home: Path) -> Iterator[ModelStore]:
    with _engine(database_url_for(settings, home)) as engine:
        prepare_for_scan(engine)
        yield ModelStore(engine)


@contextmanager
def _store_for_reading(settings: Settings, home: Path) -> Iterator[ModelStore]:
    """Open the models without changing them; where there are none yet, empty ones in memory."""
    with _engine(database_url_for(settings, home)) as engine:
        database = engine.url.database or ""
        is_new_file = engine.dialect.name == "sqlite" and not Path(database).exists()
        if not is_new_file and current_revision(engine) is not None:
            require_current(engine)
            yield ModelStore(engine)
            return
    with _engine("sqlite://") as engine:
        upgrade(engine)
        yield ModelStore(engine)


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a walk starts from: its moment, and the record whose cold runs need no listing."""

    started: dt.datetime
    digest: str  # of the settings that decide what is listed
    record: ScanRecord | None = None
    cold_before_ns: int = 0

    def header(self, scope: Scope) -> ScanHeader:
        started = self.started.isoformat()
        since = self.record.header.full_since if self.record is not None else started
        return ScanHeader(started, scope, __version__, self.digest, since)

    def cold_runs(self, root: str) -> dict[str, IndexedRun]:
        """Runs of a root that may be taken as they were, unless their directories changed."""
        if self.record is None:
            return {}
        return {
            run.path: run
            for run in self.record.index
            if run.root == root and run.can_be_trusted and run.newest_ns < self.cold_before_ns
        }


def _basis(
    settings: Settings, request: ScanRequest, home: Path, store: ModelStore, started: dt.datetime
) -> _Basis:
    """Find the record to build on; none for a full scan, a narrow one, or after new settings."""
    digest = _listing_digest(settings)
    alone = _Basis(started, digest)
    if request.full or not request.scope.is_everything or not settings.trust_directory_times:
        return alone
    record_id = store.newest_record_id()
    try:
        record = ScanRecord(record_path(home, record_id)) if record_id is not None else None
    except ScanRecordError:  # gone by retention, or damaged: this scan makes a new one
        return alone
    if record is None or record.header.basis != digest or not record.header.full_since:
        return alone
    age = started - dt.datetime.fromisoformat(record.header.full_since)
    if not dt.timedelta() <= age < dt.timedelta(days=settings.full_scan_every_days):
        return alone
    cold_before = started - dt.timedelta(days=settings.cold_after_days)
    return replace(alone, record=record, cold_before_ns=int(cold_before.timestamp() * 10**9))


def _listing_digest(settings: Settings) -> str:
    """Sum up the settings that decide what a walk lists."""
    layouts = {root: layout.source_md5 for root, layout in layouts_for(settings).items()}
    options = _walk_options(settings, frozenset())
    text = repr((__version__, sorted(layouts.items()), options))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _walk(
    settings: Settings,
    store: ModelStore,
    request: ScanRequest,
    basis: _Basis,
    path: Path,
    progress: Progress,
) -> FilesSummary:
    layouts = _layouts_in_scope(settings, request.scope)
    _require_below_roots(request.accept_vanished, layouts_for(settings))
    legacy: dict[str, set[str]] = {}
    known = store.known_runs()
    for row in known:
        if row.legacy:
            legacy.setdefault(row.root, set()).add(row.path)
    walks = []
    for root, layout in layouts.items():
        options = _walk_options(settings, frozenset(legacy.get(root, ())))
        walks.append(RootWalk(unescape_name(root), layout, options, basis.cold_runs(root)))
    listings = [walk.find() for walk in walks]
    wanted = [tuple(filter(request.scope.covers_path, each.run_paths)) for each in listings]
    is_whole = not any(listing.unavailable or listing.unreadable for listing in listings)
    unknown = _unknown_runs(request.scope, wanted, known) if is_whole else ()
    if unknown and len(unknown) == len(request.scope.runs):
        raise NotConfiguredError(
            f"No sequencing run below the scan roots is called {' or '.join(map(repr, unknown))}",
            "Give its name or its path below a root; `seqauto runs` lists those that are known.",
        )
    counter = _WalkCounter(progress, sum(map(len, wanted)))
    with ScanRecordWriter(path, basis.header(request.scope)) as writer:
        for listing in listings:
            writer.add_root(listing)
        for walk, layout, paths in zip(walks, layouts.values(), wanted, strict=True):
            markers = MARKER_NAMES if layout.run.markers_by_instrument else layout.run.markers
            for run in packed_runs(walk, frozenset(paths), tuple(markers)):
                if isinstance(run, PackedRun):
                    writer.add_run(run)
                    counter.add(run.entry)
                elif basis.record is not None:
                    writer.copy_run(run, basis.record)
                    counter.add(run)
    unavailable = tuple(
        f"{root.path}: {root.unavailable}" for root in listings if root.unavailable is not None
    )
    return replace(counter.summary("", unavailable, path), unknown_runs=unknown)


def _require_below_roots(accepted: Collection[str], roots: Collection[str]) -> None:
    """Refuse a path that cannot be the loss of anything: a slip of the pen would look like done."""
    for path in accepted:
        if not any(f"{path}/".startswith(f"{root.rstrip('/')}/") for root in roots):
            raise NotConfiguredError(
                f"{path!r} is not below a configured scan root ({', '.join(roots)})",
                "Give the absolute path of the root, kit or run that is really gone.",
            )


def _unknown_runs(
    scope: Scope, wanted: Iterable[Iterable[str]], known: Collection[KnownRow]
) -> tuple[str, ...]:
    """Choose the runs of a scope that are neither on the disks nor in the models."""
    found = {name for paths in wanted for path in paths for name in (path, path.rpartition("/")[2])}
    return tuple(
        name
        for name in scope.runs
        if name not in found
        and not any(replace(scope, runs=(name,)).covers(row.root, row.path) for row in known)
    )


def _layouts_in_scope(settings: Settings, scope: Scope) -> dict[str, Layout]:
    """Choose the roots to scan. A scan never looks at a path that the settings do not name."""
    if not settings.enabled:
        raise NotConfiguredError(
            "SEQAUTO_ENABLED is false", "Set it to true in the settings to scan at all."
        )
    layouts = layouts_for(settings)
    if not layouts:
        raise NotConfiguredError(
            "No sequencing disk is configured",
            "Name at least one in scan_roots of seqauto.toml (`seqauto init --root DIR` writes it) "
            "or in SEQAUTO_SCAN_ROOTS.",
        )
    for root in scope.roots:
        if root not in layouts:
            raise NotConfiguredError(
                f"{root} is not one of the configured scan roots ({', '.join(layouts)})",
                "Choose one of them, or add it to scan_roots.",
            )
    return {root: each for root, each in layouts.items() if not scope.roots or root in scope.roots}


def _walk_options(settings: Settings, left_alone: frozenset[str]) -> WalkOptions:
    return WalkOptions(
        skip_marker=settings.skip_marker,
        skip_patterns=settings.skip_patterns,
        follow_links_out_of_root=settings.follow_links_out_of_root,
        max_input_bytes=settings.max_input_bytes,
        max_entries=settings.max_entries_per_directory,
        threads=settings.listing_threads,
        seconds_per_directory=settings.directory_timeout_seconds,
        left_alone=left_alone,
    )


def _build(
    settings: Settings,
    store: ModelStore,
    record: ScanRecord,
    request: ScanRequest,
    scan: ScanRow | None,
    parsed: Mapping[str, ParsedRun],
    progress: Progress,
) -> ModelsSummary:
    """Plan all changes; store them when there is a scan to store them for."""
    as_of = dt.datetime.fromisoformat(record.header.started_at)
    number = scan.id if scan is not None else 0
    earlier = store.recent_applied_scans(before=number or 2**31 - 1)
    started = _now() if scan is None else scan.started_at
    later = store.scans_later_than(as_of)
    in_progress = ScanInProgress(number, started, as_of, earlier, later)
    options = build_options(settings, request.accept_vanished)
    builder = ModelBuilder(record, store, options, in_progress, parsed, dry_run=scan is None)
    builder.build(lambda done, total: progress("create models", done, total))
    totals = store.totals()
    return ModelsSummary(
        scan_id=number,
        as_of=as_of.isoformat(),
        runs=totals.runs,
        files=totals.files,
        messages=totals.messages,
        changes=builder.changes,
        held=tuple(map(held_text, builder.survey.held)),
    )


def _counts(summary: ModelsSummary) -> dict[str, object]:
    changes = summary.changes
    return {
        **summary.metadata(),
        "changes": [[kind, state, n] for (kind, state), n in sorted(changes.file_states.items())],
    }


class _WalkCounter:
    """Counts what passes by on its way into the record."""

    def __init__(self, progress: Progress = _ignore, total: int = 0) -> None:
        self._progress, self._total = progress, total
        self.runs = self._directories = self._files = self._bytes = self._unreadable = 0

    def add(self, run: IndexedRun) -> None:
        self.runs += 1
        self._directories += len(run.directories)
        self._unreadable += run.refusals
        self._files += run.entries
        self._bytes += run.size
        self._progress("scan files", self.runs, self._total)

    def summary(self, record_id: str, unavailable: tuple[str, ...], path: Path) -> FilesSummary:
        return FilesSummary(
            record_id=record_id,
            runs=self.runs,
            directories=self._directories,
            files=self._files,
            bytes_seen=self._bytes,
            unreadable=self._unreadable,
            unavailable_roots=unavailable,
            record_bytes=path.stat().st_size,
        )


class _SheetCounter:
    """Counts what the sheets of a scan say."""

    def __init__(self) -> None:
        self.runs = self._sheets = self._samples = self._unreadable = 0
        self._problems: Counter[tuple[str, str]] = Counter()

    def add(self, listing: RunListing, run: ParsedRun) -> None:
        self.runs += 1
        if run.sheet is not None:
            self._sheets += 1
            self._samples += len({each.sample.sample_number for each in run.sheet.samples})
        elif listing.skip_reason is None:
            self._unreadable += 1
        self._problems.update((each.severity.value, each.code) for each in run.problems)

    def summary(self) -> SheetsSummary:
        return SheetsSummary(
            self.runs, self._sheets, self._samples, self._unreadable, dict(self._problems)
        )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _words(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
