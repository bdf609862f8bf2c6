"""What the rules ask of a sheet, looked up once: its indexes, and which samples meet in a lane."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from seqauto_pipeline.core.sheet.columns import field_places
from seqauto_pipeline.core.sheet.index_distance import IndexPair
from seqauto_pipeline.core.sheet.sample_sheet import SampleSheet, SheetFormat, SheetSample

_MAX_REPEATED = 50_000  # rows without a lane, times lanes
_MOST_CYCLES = 1000  # texts of OverrideCycles that are judged
_DEFAULT_MISMATCHES = 1  # of bcl2fastq and BCL Convert

BASES = re.compile("[ACGTN]+")
NO_INDEX = frozenset({"", "-", "na", "n/a", "none", "noindex", "no index"})
UNDETERMINED = "undetermined"  # in place of an index
_LONGEST_NO_INDEX = max(map(len, NO_INDEX))


@dataclass(frozen=True, slots=True)
class FlowcellFacts:
    """What RunInfo.xml says of the flowcell that the sheet is for."""

    lanes: int | None
    index_lengths: tuple[int, ...] | None  # cycles of each index read; None: not known
    reads: tuple[tuple[bool, int], ...] = ()  # in order: is it an index read, its cycles


@dataclass(frozen=True, slots=True)
class JudgedSheet:
    """What the rules ask of a sheet, looked up once."""

    family: SheetFormat
    samples: tuple[SheetSample, ...]
    barcode_mismatches: tuple[int | None, int | None]
    mismatches: tuple[int, int]  # those, or the default
    columns: Mapping[str, str]  # as the sheet writes them, by field
    index_cycles: tuple[int, ...] = ()  # that it states itself

    def column(self, *fields: str) -> str | None:
        """Name the column of the first of the fields that has one."""
        return next((self.columns[field] for field in fields if field in self.columns), None)

    def takes_the_rest(self, sample: SheetSample) -> bool:
        """Tell CASAVA's row for the reads of a lane that have the index of no sample."""
        is_casava = self.family is SheetFormat.LEGACY_FCID
        return is_casava and (sample.index or "").casefold() == UNDETERMINED


def judged_sheet(sheet: SampleSheet) -> JudgedSheet:
    """Look up what the rules ask of a sheet."""
    places = field_places(sheet.columns)
    columns = {field: sheet.columns[at[0]] for field, at in places.items()}
    stated = sheet.barcode_mismatches
    first, second = (_DEFAULT_MISMATCHES if each is None else each for each in stated)
    allowed = (first, second)
    return JudgedSheet(
        sheet.format, sheet.samples, stated, allowed, columns, index_cycles=sheet.index_cycles
    )


def one_for_each_cycles(samples: Iterable[SheetSample]) -> tuple[SheetSample, ...]:
    """Take the first sample of each text of OverrideCycles; no sheet in order has a thousand."""
    first: dict[str | None, SheetSample] = {}
    for sample in samples:
        if len(first) < _MOST_CYCLES:
            first.setdefault(sample.override_cycles, sample)
    return tuple(first.values())


class Entry(NamedTuple):  # one per row, of which there may be a hundred thousand
    sample: SheetSample
    pair: int | None  # its place among the sheet's index pairs; None: the sample has no index
    lengths: tuple[int, int] | None  # of its indexes; None: it has none, or one that is a name


Lanes = Mapping[int | None, tuple[Entry, ...]]
_Index = tuple[int | None, tuple[int, int] | None]  # the pair and lengths of an entry


def indexed(sheet: JudgedSheet) -> tuple[tuple[Entry, ...], tuple[IndexPair, ...]]:
    """Give each sample its index, and list the index pairs of the sheet."""
    known: dict[tuple[object, ...], _Index] = {}
    pairs: dict[IndexPair, int] = {}
    entries = []
    for sample in sheet.samples:
        key = (sample.index, sample.index2, sample.barcode_mismatches)
        index = known.get(key)
        if index is None:
            index = known[key] = _index(sheet, sample, pairs)
        entries.append(Entry(sample, *index))
    return tuple(entries), tuple(pairs)


def _index(sheet: JudgedSheet, sample: SheetSample, pairs: dict[IndexPair, int]) -> _Index:
    """Describe the index of a sample, and add its pair to those of the sheet."""
    if sheet.takes_the_rest(sample):
        return None, None
    first, second = given_index(sample.index), given_index(sample.index2)
    if not first.strip("N") and not second.strip("N"):
        return None, None
    pair = IndexPair(first, second, *_mismatches(sheet, sample))
    number = pairs.setdefault(pair, len(pairs))
    are_bases = BASES.fullmatch(first + second) is not None
    return number, (len(first), len(second)) if are_bases else None


def _mismatches(sheet: JudgedSheet, sample: SheetSample) -> tuple[int, int]:
    """Take the mismatches that the row allows, else the sheet, else Illumina's programs."""
    if sample.barcode_mismatches == (None, None):
        return sheet.mismatches
    own, own2 = sample.barcode_mismatches
    given, given2 = sheet.mismatches
    return given if own is None else own, given2 if own2 is None else own2


def given_index(index: str | None) -> str:
    """Give an index; empty where the cell says in words that there is none."""
    if index is None or (len(index) <= _LONGEST_NO_INDEX and index.lower() in NO_INDEX):
        return ""
    return index


def by_lane(entries: Iterable[Entry]) -> Lanes:
    """Group by lane. A sample without one is in each of them, unless that makes far too many."""
    lanes: dict[int | None, list[Entry]] = defaultdict(list)
    for entry in entries:
        lanes[entry.sample.lane].append(entry)
    everywhere = lanes.pop(None, [])
    if not lanes or len(lanes) * len(everywhere) > _MAX_REPEATED:
        return {**{lane: tuple(here) for lane, here in lanes.items()}, None: tuple(everywhere)}
    return {lane: (*lanes[lane], *everywhere) for lane in sorted(lanes, key=lambda each: each or 0)}


def where(lane: int | None) -> str:
    """Name a lane, or the sheet where it has none."""
    return "the sheet" if lane is None else f"lane {lane}"


def lane_of(*samples: SheetSample) -> int | None:
    """Take the lane of the first of the samples that has one."""
    return next((sample.lane for sample in samples if sample.lane is not None), None)
