"""Which files should exist: sample sheet rows and a layout's patterns make expected files."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.file_list import RunListing, escape_name, glob_regex
from seqauto_pipeline.core.layout import (
    Expect,
    FileType,
    Lanes,
    Layout,
    Per,
    fields_of,
    folder_glob,
    parts_of,
    stem_of,
)
from seqauto_pipeline.core.sheet.rules import is_safe_name

_LANE_FIELDS = frozenset({"lane", "lane_code"})
_ROW_FIELDS = _LANE_FIELDS | {"index", "index2"}
_FROM_DISK = frozenset({"sequencing_run", "stem"})  # one component of a path already, and escaped


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One row of a sample: what differs between its lanes."""

    lane: int | None
    index: str | None
    index2: str | None


@dataclass(frozen=True, slots=True)
class ExpectedSample:
    """One sample, all its rows together."""

    slot: str  # tells it from the run's other samples: its name, with its id where names repeat
    sample_id: str
    sample_name: str
    sample_number: int
    sample_project: str | None
    enrichment_kit: str | None
    rows: tuple[LaneRow, ...]
    skipped: bool = False  # control or failed: nothing new is expected of it

    @property
    def can_be_named(self) -> bool:
        return is_safe_name(self.sample_id) and is_safe_name(self.sample_name)


@dataclass(frozen=True, slots=True)
class ExpectingRun:
    """What paths can tell of the run itself."""

    name: str
    enrichment_kit: str | None
    flowcell_id: str | None
    flowcell: str | None
    lanes: int | None  # of RunInfo
    has_second_read: bool

    @property
    def reads(self) -> tuple[int, ...]:
        return (1, 2) if self.has_second_read else (1,)


@dataclass(frozen=True, slots=True)
class Place:
    """One path that one candidate pattern gives."""

    slot: str
    path: str
    lane: int | None = None
    read: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A usable pattern with its places for one sample: one, or one for each lane and read."""

    pattern: str
    places: tuple[Place, ...]
    needs_run_info_lanes: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """One file that should exist."""

    file_type: FileType
    slot: str
    path: str
    sample_name: str | None = None
    lane: int | None = None
    read: int | None = None
    skipped: bool = False
    if_present: bool = False
    other_paths: tuple[str, ...] = ()  # where less preferred patterns would have it
    values_path: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.file_type.name, self.slot


def expected_files(
    run: ExpectingRun,
    samples: Iterable[ExpectedSample],
    layout: Layout,
    listing: RunListing,
    seen_paths: frozenset[str],
) -> tuple[ExpectedFile, ...]:
    """List the files that the sheet and the layout call for, each path once.

    ``seen_paths`` are those at which an earlier scan saw a file of this run. A sample that cannot
    be named safely gives no file; one that is optional is listed when it is there or was seen.
    """
    nameable = [sample for sample in samples if sample.can_be_named]
    of_run = _run_values(run)
    values = {each.slot: usable_values(of_run | _sample_values(each)) for each in nameable}
    found: dict[str, ExpectedFile] = {}
    by_type: dict[str, list[ExpectedFile]] = {}
    for file_type in layout.file_types:
        builder = _Builder(run, layout, file_type, listing, seen_paths, values)
        for file in builder.files(nameable, by_type):
            first = found.setdefault(file.path, file)
            if first is file:
                by_type.setdefault(file_type.name, []).append(file)
            elif first.key == file.key and first.if_present:
                found[file.path] = file  # optional for one kit, and not for another
    return tuple(file for file in found.values() if _is_asked_for(file, listing, seen_paths))


def _is_asked_for(file: ExpectedFile, listing: RunListing, seen_paths: frozenset[str]) -> bool:
    return not file.if_present or file.path in seen_paths or is_listed(listing, file.path)


def is_listed(listing: RunListing, path: str) -> bool:
    entry = listing.find(path)
    return entry is not None and entry.is_there


def candidates_of(
    file_type: FileType,
    sample: ExpectedSample,
    run: ExpectingRun,
    layout: Layout,
    listing: RunListing,
) -> tuple[Candidate, ...]:
    """Usable patterns of a type for one sample, in order of preference, with their paths."""
    of_sample = usable_values(_run_values(run) | _sample_values(sample))
    return _candidates(file_type, sample, run, layout, listing, of_sample)


def _candidates(
    file_type: FileType,
    sample: ExpectedSample,
    run: ExpectingRun,
    layout: Layout,
    listing: RunListing,
    of_sample: Mapping[str, str],
) -> tuple[Candidate, ...]:
    usable = (
        _candidate(file_type, text, sample, run, layout, _with_newest(text, of_sample, listing))
        for text in file_type.patterns
    )
    return tuple(candidate for candidate in usable if candidate is not None)


def _candidate(
    file_type: FileType,
    pattern: str,
    sample: ExpectedSample,
    run: ExpectingRun,
    layout: Layout,
    of_sample: Mapping[str, str],
) -> Candidate | None:
    """Expand one pattern; None when one of its fields has no value for this sample."""
    names = fields_of(pattern)
    rows, borrowed = _rows_for(names, sample, run, layout)
    reads: tuple[int | None, ...] = run.reads if file_type.per is Per.READ else (None,)
    has_lane = bool(names & _LANE_FIELDS)
    places = []
    for row in rows:
        of_row = (
            {**of_sample, **usable_values(_row_values(row))} if names & _ROW_FIELDS else of_sample
        )
        for read in reads:
            path = expand(pattern, of_row if read is None else {**of_row, "read": str(read)})
            if path is None:
                return None
            lane = row.lane if has_lane else None
            places.append(Place(_slot(sample.slot, lane, read), path, lane, read))
    return Candidate(pattern, tuple(places), borrowed) if places else None


def _rows_for(
    names: frozenset[str], sample: ExpectedSample, run: ExpectingRun, layout: Layout
) -> tuple[tuple[LaneRow, ...], bool]:
    """Rows to expand a pattern with; True when their lanes are RunInfo's, not the sheet's."""
    if not names & _LANE_FIELDS:
        return sample.rows[:1], False
    with_lane = tuple(row for row in sample.rows if row.lane is not None)
    if with_lane or layout.lanes is Lanes.SHEET:
        return with_lane, False
    first = sample.rows[0]
    lanes = range(1, (run.lanes or 0) + 1)
    return tuple(LaneRow(lane, first.index, first.index2) for lane in lanes), True


def _sample_values(sample: ExpectedSample) -> dict[str, str | None]:
    return {
        "sample_id": sample.sample_id,
        "sample_name": sample.sample_name,
        "sample_number": str(sample.sample_number),
        "sample_project": sample.sample_project,
        "enrichment_kit": sample.enrichment_kit,
    }


def _row_values(row: LaneRow) -> dict[str, str | None]:
    return {
        "lane": None if row.lane is None else str(row.lane),
        "lane_code": lane_code(row.lane),
        "index": row.index,
        "index2": row.index2,
    }


def _run_values(run: ExpectingRun) -> dict[str, str | None]:
    return {
        "sequencing_run": run.name,
        "enrichment_kit": run.enrichment_kit,
        "flowcell_id": run.flowcell_id,
        "flowcell": run.flowcell,
    }


def lane_code(lane: int | None) -> str | None:
    """Lane as Illumina's file names have it: ``L001``."""
    return None if lane is None else f"L{lane:03d}"


def _with_newest(pattern: str, values: Mapping[str, str], listing: RunListing) -> Mapping[str, str]:
    """Add the highest number that stands where the pattern has ``{newest}``."""
    if "{newest}" not in pattern:
        return values
    position = pattern.split("/").index("{newest}")
    fits = glob_regex(folder_glob(pattern))
    numbers = [path.split("/")[position] for path in listing.directories if fits.fullmatch(path)]
    digits = [text for text in numbers if text.isascii() and text.isdigit()]
    return {**values, "newest": max(digits, key=int)} if digits else values


def usable_values(values: Mapping[str, str | None]) -> dict[str, str]:
    """Keep the values that can stand in a path, escaped as the names of a listing are."""
    usable = {}
    for name, value in values.items():
        if value is not None and name in _FROM_DISK:
            usable[name] = value
        elif value is not None and is_safe_name(value):
            usable[name] = escape_name(value)
    return usable


def expand(pattern: str, values: Mapping[str, str]) -> str | None:
    """Put values, already checked, into a pattern; None when a field has none."""
    try:
        parts = [values[part] if is_field else part for part, is_field in parts_of(pattern)]
    except KeyError:
        return None
    return "".join(parts)


def _slot(sample_slot: str, lane: int | None, read: int | None) -> str:
    lane_part = "" if lane is None else f"/{lane_code(lane)}"
    return sample_slot + lane_part + ("" if read is None else f"/R{read}")


@dataclass(frozen=True, slots=True)
class _Builder:
    """Builds the expected files of one type of one run."""

    run: ExpectingRun
    layout: Layout
    file_type: FileType
    listing: RunListing
    seen_paths: frozenset[str]
    values: Mapping[str, Mapping[str, str]]  # by slot of a sample: what its paths may have in them

    def files(
        self, samples: list[ExpectedSample], by_type: Mapping[str, list[ExpectedFile]]
    ) -> Iterator[ExpectedFile]:
        if self.file_type.per is Per.RUN:
            return self._of_run(samples)
        if self.file_type.per is Per.FILE:
            return self._of_files(by_type.get(self.file_type.of or "", []))
        return self._of_samples(samples)

    def _of_run(self, samples: list[ExpectedSample]) -> Iterator[ExpectedFile]:
        """One file for each pattern of each kit that the samples have."""
        kits = dict.fromkeys(sample.enrichment_kit for sample in samples)
        for kit in kits or {self.run.enrichment_kit: None}:
            file_type = self._type_for(kit)
            values = usable_values(_run_values(self.run) | {"enrichment_kit": kit})
            for pattern in (*file_type.patterns, *file_type.patterns_if_present):
                path = expand(pattern, _with_newest(pattern, values, self.listing))
                if path is not None:
                    optional = pattern not in file_type.patterns
                    yield ExpectedFile(
                        file_type, path, path, if_present=optional or _is_optional(file_type)
                    )

    def _of_files(self, sources: list[ExpectedFile]) -> Iterator[ExpectedFile]:
        of_run = usable_values(_run_values(self.run))
        for source in sources:
            values = of_run | usable_values({"stem": stem_of(source.path)})
            for pattern in self.file_type.patterns:
                path = expand(pattern, values)
                if path is not None:
                    yield ExpectedFile(
                        self.file_type,
                        source.slot,
                        path,
                        source.sample_name,
                        source.lane,
                        source.read,
                        skipped=source.skipped,
                        if_present=_is_optional(self.file_type),
                    )
                    break

    def _of_samples(self, samples: list[ExpectedSample]) -> Iterator[ExpectedFile]:
        kits = {sample.enrichment_kit for sample in samples}
        types = {kit: self._type_for(kit) for kit in kits}
        candidates = {
            sample.slot: _candidates(
                types[sample.enrichment_kit],
                sample,
                self.run,
                self.layout,
                self.listing,
                self.values[sample.slot],
            )
            for sample in samples
        }
        chosen = self._choose(candidates)
        for sample in samples:
            candidate = chosen.get(sample.slot)
            if candidate is not None:
                file_type = types[sample.enrichment_kit]
                yield from self._at(sample, file_type, candidate, candidates[sample.slot])

    def _type_for(self, kit: str | None) -> FileType:
        types = self.layout.types_for(kit)
        return next(each for each in types if each.name == self.file_type.name)

    def _choose(self, candidates: Mapping[str, tuple[Candidate, ...]]) -> dict[str, Candidate]:
        """Choose a candidate per sample: which has a file, had one, is most used, comes first."""
        chosen: dict[str, Candidate] = {}
        for slot, usable in candidates.items():
            known = self._first_with(usable, self._is_there) or self._first_with(
                usable, self.seen_paths.__contains__
            )
            if known is not None:
                chosen[slot] = known
        used = Counter(candidate.pattern for candidate in chosen.values())
        for slot, usable in candidates.items():
            if slot not in chosen and usable:
                chosen[slot] = _default(usable, used)
        return chosen

    def _first_with(
        self, usable: tuple[Candidate, ...], test: Callable[[str], bool]
    ) -> Candidate | None:
        return next(
            (each for each in usable if any(test(place.path) for place in each.places)), None
        )

    def _is_there(self, path: str) -> bool:
        return is_listed(self.listing, path)

    def _at(
        self,
        sample: ExpectedSample,
        file_type: FileType,
        chosen: Candidate,
        usable: tuple[Candidate, ...],
    ) -> Iterator[ExpectedFile]:
        values_path = self._values_path(file_type, sample)
        others: dict[str, list[str]] = {}  # by slot
        for candidate in usable:
            if candidate is not chosen:
                for other in candidate.places:
                    others.setdefault(other.slot, []).append(other.path)
        for place in chosen.places:
            yield ExpectedFile(
                file_type,
                place.slot,
                place.path,
                sample.sample_name,
                place.lane,
                place.read,
                skipped=sample.skipped,
                if_present=_is_optional(file_type),
                other_paths=tuple(
                    path for path in others.get(place.slot, ()) if path != place.path
                ),
                values_path=values_path,
            )

    def _values_path(self, file_type: FileType, sample: ExpectedSample) -> str | None:
        if file_type.values is None:
            return None
        of_row = usable_values(_row_values(sample.rows[0]))
        return expand(file_type.values, {**self.values[sample.slot], **of_row})


def _is_optional(file_type: FileType) -> bool:
    return file_type.expect is Expect.IF_PRESENT


def _default(usable: tuple[Candidate, ...], used: Counter[str]) -> Candidate:
    """Choose where nothing is there: as most samples of the run, else the first of the sheet."""
    most_used = max(usable, key=lambda candidate: used[candidate.pattern])
    if used[most_used.pattern]:
        return most_used
    of_the_sheet = (candidate for candidate in usable if not candidate.needs_run_info_lanes)
    return next(of_the_sheet, usable[0])
