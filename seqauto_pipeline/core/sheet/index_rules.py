"""The rules for indexes: their characters, their lengths, and how far apart they are."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.index_distance import Closeness, IndexPair, close_pairs
from seqauto_pipeline.core.sheet.judged_sheet import (
    BASES,
    NO_INDEX,
    Entry,
    JudgedSheet,
    Lanes,
    given_index,
    lane_of,
    where,
)
from seqauto_pipeline.core.sheet.sample_sheet import SheetSample

_INDEX_SET = re.compile(r"SI-[A-Z0-9]{1,3}-[A-Z][0-9]{1,2}", re.IGNORECASE)  # 10x Genomics


def index_characters(sheet: JudgedSheet) -> Iterator[Problem]:
    """Find indexes that are neither bases nor the name of an index set."""
    for sample in sheet.samples:
        for field, index in (("index", sample.index), ("index2", sample.index2)):
            if index is None or BASES.fullmatch(index) or index.lower() in NO_INDEX:
                continue
            if _INDEX_SET.fullmatch(index) or sheet.takes_the_rest(sample):
                continue
            message = f"The {field} {quoted(index)} has characters other than A, C, G, T and N"
            yield found("INDEX_CHARACTERS", message, sample.line, sheet.column(field))


def indexes_with_n(sheet: JudgedSheet, converter: Converter | None) -> Iterator[Problem]:
    """Find indexes with N among their bases; one of N alone is none.

    Source: bcl2fastq takes no N in an index; BCL Convert does not take it for any base.
    """
    for sample in sheet.samples:
        for field, index in (("index", sample.index), ("index2", sample.index2)):
            bases = given_index(index)
            if "N" not in bases or not BASES.fullmatch(bases) or not bases.strip("N"):
                continue
            message = f"The {field} {quoted(bases)} has N, which no converter takes for any base"
            problem = found("INDEX_WITH_N", message, sample.line, sheet.column(field, "index"))
            is_error = converter is Converter.BCL2FASTQ
            yield replace(problem, severity=Severity.ERROR) if is_error else problem


def index_lengths(sheet: JudgedSheet, entries: Iterable[Entry]) -> Iterator[Problem]:
    """Compare within a lane, among the samples that use the cycles in the same way."""
    first: dict[str | None, Entry] = {}
    for entry in entries:
        if entry.lengths is None:
            continue
        other = first.setdefault(entry.sample.override_cycles, entry)
        if other.lengths is not None and other.lengths != entry.lengths:
            yield from _different_lengths(sheet, entry, other)


def _different_lengths(sheet: JudgedSheet, entry: Entry, other: Entry) -> Iterator[Problem]:
    pairs = zip(entry.lengths or (), other.lengths or (), strict=True)
    for field, (length, expected) in zip(("index", "index2"), pairs, strict=True):
        if length != expected:
            message = f"The {field} of {quoted(entry.sample.sample_id)} has {length} bases, that "
            message += f"of {quoted(other.sample.sample_id)} (line {other.sample.line}) in the "
            message += f"same lane has {expected}"
            column = sheet.column(field, "index")
            yield found("INDEX_LENGTHS_DIFFER", message, entry.sample.line, column)


def index_collisions(
    sheet: JudgedSheet, lanes: Lanes, pairs: tuple[IndexPair, ...]
) -> Iterator[Problem]:
    """Compare the index pairs of the sheet once, then see which of them meet in a lane."""
    comparison = close_pairs(pairs)
    if comparison.incomplete:
        message = "There are too many similar indexes to compare all of them"
        yield found("INDEX_CHECK_INCOMPLETE", message, column=sheet.column("index"))
    for entries in lanes.values():
        yield from _lane_collisions(sheet, entries, comparison)


def _lane_collisions(
    sheet: JudgedSheet, entries: Iterable[Entry], comparison: Closeness
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


def _same_index(sheet: JudgedSheet, first: SheetSample, sample: SheetSample) -> Problem:
    index = "-".join(filter(None, (sample.index, sample.index2)))
    message = f"The samples {quoted(first.sample_id)} (line {first.line}) and "
    message += f"{quoted(sample.sample_id)} have the same index {quoted(index)} "
    message += f"in {where(lane_of(sample, first))}"
    return found("DUPLICATE_INDEX", message, sample.line, sheet.column("index"))


def _too_close(
    sheet: JudgedSheet, samples: tuple[SheetSample, SheetSample], distances: tuple[int, int]
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


def too_long_indexes(sheet: JudgedSheet, cycles: tuple[int, ...] | None) -> Iterator[Problem]:
    """Find indexes that are longer than their index read: the flowcell's, else the sheet's own.

    The instrument makes the cycles that a v2 sheet states, and no more.
    """
    stated = cycles is None
    known = sheet.index_cycles if cycles is None else cycles
    if stated and not known:
        return
    available = (*known, 0, 0)
    for sample in sheet.samples:
        for field, index, read in zip(
            ("index", "index2"), (sample.index, sample.index2), available, strict=False
        ):
            if index is not None and len(index) > read:
                yield from _too_long(sheet, sample, field, _read(read, stated=stated))


def _read(cycles: int, *, stated: bool) -> tuple[int, str]:
    if cycles:
        return cycles, f"has {cycles} cycles{' in [Reads]' if stated else ''}"
    return 0, "is not in [Reads]" if stated else "is not on this flowcell"


def _too_long(
    sheet: JudgedSheet, sample: SheetSample, field: str, read: tuple[int, str]
) -> Iterator[Problem]:
    index = given_index(sample.index if field == "index" else sample.index2).rstrip("N")
    cycles, has = read
    if len(index) > cycles and BASES.fullmatch(index):
        message = f"The {field} has {len(index)} bases, and its index read {has}"
        yield found("INDEX_TOO_LONG", message, sample.line, sheet.column(field, "index"))
