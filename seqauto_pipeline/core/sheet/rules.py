"""The judge: a sample sheet that was read, against the rules of Illumina and of the flowcell.

Allowed characters, reserved words and the distance of indexes: Illumina, "Sample Sheet" pages of
bcl2fastq2 v2.20 and BCL Convert v4.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from seqauto_pipeline.core.display import quoted, shown
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.codes import (
    RULES,
    Rule,
    RuleLevel,
    bounded,
    found,
    with_levels,
)
from seqauto_pipeline.core.sheet.columns import field_places
from seqauto_pipeline.core.sheet.index_distance import Closeness, IndexPair, close_pairs
from seqauto_pipeline.core.sheet.sample_sheet import SampleSheet, SheetSample

__all__ = ["RULES", "FlowcellFacts", "Rule", "RuleLevel", "is_safe_name", "judge"]

_NO_LEVELS: Mapping[str, RuleLevel] = MappingProxyType({})
_MAX_NAME_BYTES = 200  # of the 255 that file systems allow; the rest is for what is put around it
_ENOUGH = 1000  # problems of one rule, or of one rule in one lane; then nobody reads on
_MAX_REPEATED = 50_000  # rows without a lane, times lanes
_DEFAULT_MISMATCHES = 1  # of bcl2fastq and BCL Convert

_ALLOWED = re.compile(rf"[A-Za-z0-9_-]{{1,{_MAX_NAME_BYTES}}}")
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_-]")
_UNSAFE = re.compile("[/\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_RESERVED = frozenset({"all", "default", "none", "undetermined", "unknown"})
_BASES = re.compile("[ACGTN]+")
_INDEX_SET = re.compile(r"SI-[A-Z0-9]{1,3}-[A-Z][0-9]{1,2}", re.IGNORECASE)  # 10x Genomics
_NO_INDEX = frozenset({"", "-", "na", "n/a", "none", "noindex", "no index"})
_LONGEST_NO_INDEX = max(map(len, _NO_INDEX))


@dataclass(frozen=True, slots=True)
class FlowcellFacts:
    """What RunInfo.xml says of the flowcell that the sheet is for."""

    lanes: int | None
    index_lengths: tuple[int, ...] | None  # cycles of each index read; None: not known


def is_safe_name(text: str) -> bool:
    """Tell whether a name can be one component of a path on every file system that we scan."""
    if text in ("", ".", "..") or _UNSAFE.search(text):
        return False
    return len(text.encode("utf-8")) <= _MAX_NAME_BYTES


def judge(
    sheet: SampleSheet,
    flowcell: FlowcellFacts | None = None,
    levels: Mapping[str, RuleLevel] = _NO_LEVELS,
) -> tuple[Problem, ...]:
    """List everything that the sheet breaks, by line; at most a hundred of each code."""
    judged = _judged(sheet)
    indexed, pairs = _indexed(judged)
    lanes = _by_lane(indexed)
    rules = [_name_problems(judged), _shared_names(judged), _index_characters(judged)]
    rules += [_blank_lanes(judged), _index_collisions(judged, lanes, pairs)]
    for entries in lanes.values():
        rules.append(_duplicate_samples(judged, entries))
        rules.append(_unindexed_samples(judged, entries))
        rules.append(_index_lengths(judged, entries))
    if flowcell is not None:
        rules.append(_unknown_lanes(judged, flowcell.lanes))
        rules.append(_too_long_indexes(judged, flowcell.index_lengths))
    problems = dict.fromkeys(problem for rule in rules for problem in islice(rule, _ENOUGH))
    return bounded(with_levels(problems, levels))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the rules ask of a sheet, looked up once."""

    samples: tuple[SheetSample, ...]
    barcode_mismatches: tuple[int | None, int | None]
    mismatches: tuple[int, int]  # those, or the default
    columns: Mapping[str, str]  # as the sheet writes them, by field

    def column(self, *fields: str) -> str | None:
        """Name the column of the first of the fields that has one."""
        return next((self.columns[field] for field in fields if field in self.columns), None)


def _judged(sheet: SampleSheet) -> _Sheet:
    places = field_places(sheet.columns)
    columns = {field: sheet.columns[at[0]] for field, at in places.items()}
    stated = sheet.barcode_mismatches
    first, second = (_DEFAULT_MISMATCHES if each is None else each for each in stated)
    return _Sheet(sheet.samples, stated, (first, second), columns)


class _Entry(NamedTuple):  # one per row, of which there may be a hundred thousand
    sample: SheetSample
    pair: int | None  # its place among the sheet's index pairs; None: the sample has no index
    lengths: tuple[int, int] | None  # of its indexes; None: it has none, or one that is a name


_Lanes = Mapping[int | None, tuple[_Entry, ...]]
_Index = tuple[int | None, tuple[int, int] | None]  # the pair and lengths of an entry


def _indexed(sheet: _Sheet) -> tuple[tuple[_Entry, ...], tuple[IndexPair, ...]]:
    """Give each sample its index, and list the index pairs of the sheet."""
    known: dict[tuple[object, ...], _Index] = {}
    pairs: dict[IndexPair, int] = {}
    entries = []
    for sample in sheet.samples:
        key = (sample.index, sample.index2, sample.barcode_mismatches)
        index = known.get(key)
        if index is None:
            index = known[key] = _index(sheet, sample, pairs)
        entries.append(_Entry(sample, *index))
    return tuple(entries), tuple(pairs)


def _index(sheet: _Sheet, sample: SheetSample, pairs: dict[IndexPair, int]) -> _Index:
    """Describe the index of a sample, and add its pair to those of the sheet."""
    first, second = _given(sample.index), _given(sample.index2)
    if not first.strip("N") and not second.strip("N"):
        return None, None
    pair = IndexPair(first, second, *_mismatches(sheet, sample))
    number = pairs.setdefault(pair, len(pairs))
    are_bases = _BASES.fullmatch(first + second) is not None
    return number, (len(first), len(second)) if are_bases else None


def _mismatches(sheet: _Sheet, sample: SheetSample) -> tuple[int, int]:
    """Take the mismatches that the row allows, else the sheet, else Illumina's programs."""
    if sample.barcode_mismatches == (None, None):
        return sheet.mismatches
    own, own2 = sample.barcode_mismatches
    given, given2 = sheet.mismatches
    return given if own is None else own, given2 if own2 is None else own2


def _given(index: str | None) -> str:
    if index is None or (len(index) <= _LONGEST_NO_INDEX and index.lower() in _NO_INDEX):
        return ""
    return index


def _by_lane(entries: Iterable[_Entry]) -> _Lanes:
    """Group by lane. A sample without one is in each of them, unless that makes far too many."""
    lanes: dict[int | None, list[_Entry]] = defaultdict(list)
    for entry in entries:
        lanes[entry.sample.lane].append(entry)
    everywhere = lanes.pop(None, [])
    if not lanes or len(lanes) * len(everywhere) > _MAX_REPEATED:
        return {**{lane: tuple(here) for lane, here in lanes.items()}, None: tuple(everywhere)}
    return {lane: (*lanes[lane], *everywhere) for lane in sorted(lanes, key=lambda each: each or 0)}


def _where(lane: int | None) -> str:
    return "the sheet" if lane is None else f"lane {lane}"


def _name_problems(sheet: _Sheet) -> Iterator[Problem]:
    fields: tuple[tuple[str, Callable[[SheetSample], str | None]], ...] = (
        ("sample_id", lambda sample: sample.sample_id),
        ("sample_name", lambda sample: sample.sample_name),
        ("sample_project", lambda sample: sample.sample_project),
    )
    for field, value_of in fields:
        column = sheet.column(field)
        if column is None:
            continue
        judged: dict[str, Problem | None] = {}
        for sample in sheet.samples:
            value = value_of(sample)
            if value is None or (field == "sample_name" and value == sample.sample_id):
                continue
            if value not in judged:
                judged[value] = _name_problem(value, column)
            problem = judged[value]
            if problem is not None:
                yield replace(problem, line=sample.line)


def _name_problem(value: str, column: str) -> Problem | None:
    if _ALLOWED.fullmatch(value) and value.lower() not in _RESERVED:
        return None
    if not is_safe_name(value):
        message = f"{shown(column, 60)} {quoted(value)} cannot be part of a file name: "
        message += _why_unsafe(value)
        return found("UNSAFE_NAME", message, column=column)
    forbidden = sorted(set(_FORBIDDEN.findall(value)))
    if forbidden:
        listed = " ".join(map(quoted, forbidden[:8]))
        message = f"{shown(column, 60)} {quoted(value)} has the characters {listed}, "
        message += "expected letters, digits, - and _ only"
        return found("FORBIDDEN_CHARACTERS", message, column=column)
    message = f"{shown(column, 60)} {quoted(value)} is a word that demultiplexing uses for itself"
    return found("RESERVED_NAME", message, column=column)


def _why_unsafe(value: str) -> str:
    if value in (".", ".."):
        return "it stands for a directory"
    unsafe = _UNSAFE.search(value)
    if unsafe:
        return f"it has the character {quoted(unsafe.group())}"
    return f"it has {len(value.encode())} bytes, expected at most {_MAX_NAME_BYTES}"


def _shared_names(sheet: _Sheet) -> Iterator[Problem]:
    owners: dict[str, SheetSample] = {}
    reported = set()
    for sample in sheet.samples:
        owner = owners.setdefault(sample.sample_name, sample)
        if owner.sample_id == sample.sample_id or sample.sample_name in reported:
            continue
        reported.add(sample.sample_name)
        message = f"The samples {quoted(owner.sample_id)} (line {owner.line}) and "
        message += f"{quoted(sample.sample_id)} have the same name {quoted(sample.sample_name)}"
        column = sheet.column("sample_name", "sample_id")
        yield found("SHARED_SAMPLE_NAME", message, sample.line, column)


def _index_characters(sheet: _Sheet) -> Iterator[Problem]:
    for sample in sheet.samples:
        for field, index in (("index", sample.index), ("index2", sample.index2)):
            if index is None or _BASES.fullmatch(index) or index.lower() in _NO_INDEX:
                continue
            if _INDEX_SET.fullmatch(index):
                continue
            message = f"The {field} {quoted(index)} has characters other than A, C, G, T and N"
            yield found("INDEX_CHARACTERS", message, sample.line, sheet.column(field))


def _blank_lanes(sheet: _Sheet) -> Iterator[Problem]:
    column = sheet.column("lane")
    if column is None or all(sample.lane is None for sample in sheet.samples):
        return
    for sample in sheet.samples:
        if sample.lane is None:
            message = f"The sample {quoted(sample.sample_id)} has no lane, expected one as others"
            yield found("BLANK_LANE", message, sample.line, column)


def _duplicate_samples(sheet: _Sheet, entries: Iterable[_Entry]) -> Iterator[Problem]:
    first: dict[str, SheetSample] = {}
    for entry in entries:
        sample = entry.sample
        other = first.setdefault(sample.sample_id, sample)
        if other is sample:
            continue
        earlier, later = sorted((other, sample), key=lambda each: each.line)
        message = f"The sample {quoted(sample.sample_id)} is in {_where(_lane(other, sample))} "
        message += f"already, on line {earlier.line}"
        yield found("DUPLICATE_SAMPLE", message, later.line, sheet.column("sample_id"))


def _lane(*samples: SheetSample) -> int | None:
    return next((sample.lane for sample in samples if sample.lane is not None), None)


def _unindexed_samples(sheet: _Sheet, entries: tuple[_Entry, ...]) -> Iterator[Problem]:
    bare = [entry.sample for entry in entries if entry.pair is None]
    if not bare or len({entry.sample.sample_id for entry in entries}) < 2:
        return
    named = ", ".join(quoted(sample.sample_id) for sample in bare[:5])
    more = f" and {len(bare) - 5} more" if len(bare) > 5 else ""
    lane = _lane(*(entry.sample for entry in entries))
    message = f"In {_where(lane)} are {len(entries)} samples, and without an index {named}{more}"
    column = sheet.column("index", "sample_id")
    yield found("UNINDEXED_SAMPLE", message, bare[0].line, column)


def _index_lengths(sheet: _Sheet, entries: Iterable[_Entry]) -> Iterator[Problem]:
    """Compare within a lane, among the samples that use the cycles in the same way."""
    first: dict[str | None, _Entry] = {}
    for entry in entries:
        if entry.lengths is None:
            continue
        other = first.setdefault(entry.sample.override_cycles, entry)
        if other.lengths is not None and other.lengths != entry.lengths:
            yield from _different_lengths(sheet, entry, other)


def _different_lengths(sheet: _Sheet, entry: _Entry, other: _Entry) -> Iterator[Problem]:
    pairs = zip(entry.lengths or (), other.lengths or (), strict=True)
    for field, (length, expected) in zip(("index", "index2"), pairs, strict=True):
        if length != expected:
            message = f"The {field} of {quoted(entry.sample.sample_id)} has {length} bases, that "
            message += f"of {quoted(other.sample.sample_id)} (line {other.sample.line}) in the "
            message += f"same lane has {expected}"
            column = sheet.column(field, "index")
            yield found("INDEX_LENGTHS_DIFFER", message, entry.sample.line, column)


def _index_collisions(
    sheet: _Sheet, lanes: _Lanes, pairs: tuple[IndexPair, ...]
) -> Iterator[Problem]:
    """Compare the index pairs of the sheet once, then see which of them meet in a lane."""
    comparison = close_pairs(pairs)
    if comparison.incomplete:
        message = "There are too many similar indexes to compare all of them"
        yield found("INDEX_CHECK_INCOMPLETE", message, column=sheet.column("index"))
    for entries in lanes.values():
        yield from _lane_collisions(sheet, entries, comparison)


def _lane_collisions(
    sheet: _Sheet, entries: Iterable[_Entry], comparison: Closeness
) -> Iterator[Problem]:
    first: dict[int, SheetSample] = {}
    for entry in entries:
        if entry.pair is None:
            continue
        other = first.setdefault(entry.pair, entry.sample)
        if other.sample_id != entry.sample.sample_id:  # else a duplicate sample, with its own rule
            yield _same_index(sheet, other, entry.sample)
    for one, two, distances in comparison.close:
        if one in first and two in first:
            yield from _too_close(sheet, (first[one], first[two]), distances)


def _same_index(sheet: _Sheet, first: SheetSample, sample: SheetSample) -> Problem:
    index = "-".join(filter(None, (sample.index, sample.index2)))
    message = f"The samples {quoted(first.sample_id)} (line {first.line}) and "
    message += f"{quoted(sample.sample_id)} have the same index {quoted(index)} "
    message += f"in {_where(_lane(sample, first))}"
    return found("DUPLICATE_INDEX", message, sample.line, sheet.column("index"))


def _too_close(
    sheet: _Sheet, samples: tuple[SheetSample, SheetSample], distances: tuple[int, int]
) -> Iterator[Problem]:
    first, second = sorted(samples, key=lambda each: each.line)
    if first.sample_id == second.sample_id:
        return
    differ = f"{distances[0]} bases"
    if first.index2 and second.index2:
        differ = f"{distances[0]} and {distances[1]} bases"
    message = f"The indexes of {quoted(first.sample_id)} (line {first.line}) and "
    message += f"{quoted(second.sample_id)} differ in {differ}; the allowed mismatches need "
    message += "twice their number and one more"
    problem = found("INDEX_TOO_CLOSE", message, second.line, sheet.column("index"))
    stated = (*sheet.barcode_mismatches, *first.barcode_mismatches, *second.barcode_mismatches)
    is_stated = any(mismatches is not None for mismatches in stated)
    yield replace(problem, severity=Severity.ERROR) if is_stated else problem


def _unknown_lanes(sheet: _Sheet, lanes: int | None) -> Iterator[Problem]:
    if lanes is None:
        return
    for sample in sheet.samples:
        if sample.lane is not None and not 1 <= sample.lane <= lanes:
            message = f"The lane {sample.lane} does not exist: the flowcell has {lanes}, from 1"
            yield found("UNKNOWN_LANE", message, sample.line, sheet.column("lane"))


def _too_long_indexes(sheet: _Sheet, cycles: tuple[int, ...] | None) -> Iterator[Problem]:
    if cycles is None:
        return
    available = (*cycles, 0, 0)
    for sample in sheet.samples:
        for field, index, read in zip(
            ("index", "index2"), (sample.index, sample.index2), available, strict=False
        ):
            if index is not None and len(index) > read:
                yield from _too_long(sheet, sample, field, read)


def _too_long(sheet: _Sheet, sample: SheetSample, field: str, cycles: int) -> Iterator[Problem]:
    index = _given(sample.index if field == "index" else sample.index2).rstrip("N")
    if len(index) > cycles and _BASES.fullmatch(index):
        has = f"has {cycles} cycles" if cycles else "does not exist on this flowcell"
        message = f"The {field} has {len(index)} bases, and its index read {has}"
        yield found("INDEX_TOO_LONG", message, sample.line, sheet.column(field, "index"))
