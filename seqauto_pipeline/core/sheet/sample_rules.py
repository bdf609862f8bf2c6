"""The rules for rows: which lane each is in, and which rows are one sample."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from seqauto_pipeline.core.display import counted, quoted
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.judged_sheet import Entry, JudgedSheet, Lanes, lane_of, where
from seqauto_pipeline.core.sheet.sample_sheet import SheetFormat, SheetSample

_Indexes = tuple[str | None, str | None]
_NO_INDEXES: _Indexes = (None, None)
_MOST_LANES = 8  # of Illumina's flowcells: those of HiSeq and NovaSeq X


def blank_lanes(sheet: JudgedSheet) -> Iterator[Problem]:
    """Find rows without a lane in a sheet whose other rows have one."""
    column = sheet.column("lane")
    if column is None or all(sample.lane is None for sample in sheet.samples):
        return
    for sample in sheet.samples:
        if sample.lane is None:
            message = f"The sample {quoted(sample.sample_id)} has no lane, expected one as others"
            yield found("BLANK_LANE", message, sample.line, column)


def duplicate_samples(sheet: JudgedSheet, entries: Iterable[Entry]) -> Iterator[Problem]:
    """Find samples that stand in a lane twice with one index, or without one.

    Rows of one sample with different indexes are one sample to bcl2fastq and to BCL Convert.
    """
    rows: dict[str, dict[_Indexes, SheetSample]] = {}
    for entry in entries:
        sample = entry.sample
        others = rows.setdefault(sample.sample_id, {})
        indexes = _indexes(entry)
        other = others.get(indexes) or others.get(_NO_INDEXES)
        if others and indexes == _NO_INDEXES:
            other = next(iter(others.values()))
        if other is None:
            others[indexes] = sample
            continue
        earlier, later = sorted((other, sample), key=lambda each: each.line)
        message = f"The sample {quoted(sample.sample_id)} is in {where(lane_of(other, sample))} "
        message += f"already, on line {earlier.line}"
        yield found("DUPLICATE_SAMPLE", message, later.line, sheet.column("sample_id"))


def _indexes(entry: Entry) -> _Indexes:
    return _NO_INDEXES if entry.pair is None else (entry.sample.index, entry.sample.index2)


def several_indexes(sheet: JudgedSheet, lanes: Lanes) -> Iterator[Problem]:
    """Note that samples have several indexes in a lane, and name the first of them."""
    several: dict[str, tuple[SheetSample, int]] = {}
    for entries in lanes.values():
        indexes: dict[str, set[_Indexes]] = defaultdict(set)
        for entry in entries:
            sample = entry.sample
            indexes[sample.sample_id].add(_indexes(entry))
            if len(indexes[sample.sample_id]) > 1:
                several[sample.sample_id] = (sample, len(indexes[sample.sample_id]))
    if not several:
        return
    sample, count = next(iter(several.values()))
    message = f"{counted(len(several), 'sample')} with several indexes in a lane, such as "
    message += f"{quoted(sample.sample_id)} with {count}: the reads of all of them are one sample"
    yield found("SEVERAL_INDEXES", message, sample.line, sheet.column("sample_id"))


def contradicting_rows(sheet: JudgedSheet) -> Iterator[Problem]:
    """Find ids with two projects or names in a v1 sheet, which is what bcl2fastq reads.

    Source: bcl2fastq 2.20, Layout.cpp.
    """
    if sheet.family is not SheetFormat.IEM_V1:
        return
    yield from _contradictions(sheet, "SAMPLE_IN_TWO_PROJECTS", "sample_project", "the projects")
    yield from _contradictions(sheet, "SAMPLE_WITH_TWO_NAMES", "sample_name", "the names")


def _contradictions(sheet: JudgedSheet, code: str, field: str, what: str) -> Iterator[Problem]:
    first: dict[str, SheetSample] = {}
    told = set()
    for sample in sheet.samples:
        before = first.setdefault(sample.sample_id, sample)
        values = [
            each.sample_project if field == "sample_project" else each.sample_name
            for each in (before, sample)
        ]
        if values[0] == values[1] or sample.sample_id in told:
            continue
        told.add(sample.sample_id)
        stated = " and ".join(quoted(value) if value else "none" for value in values)
        message = f"The sample {quoted(sample.sample_id)} has {what} {stated}, on the lines "
        message += f"{before.line} and {sample.line}; bcl2fastq refuses it"
        yield found(code, message, sample.line, sheet.column(field))


def unindexed_samples(sheet: JudgedSheet, entries: tuple[Entry, ...]) -> Iterator[Problem]:
    """Find the samples of a lane that nothing tells from the others."""
    bare = [
        entry.sample
        for entry in entries
        if entry.pair is None and not sheet.takes_the_rest(entry.sample)
    ]
    if not bare or len({entry.sample.sample_id for entry in entries}) < 2:
        return
    named = ", ".join(quoted(sample.sample_id) for sample in bare[:5])
    more = f" and {len(bare) - 5} more" if len(bare) > 5 else ""
    lane = lane_of(*(entry.sample for entry in entries))
    message = f"In {where(lane)} are {len(entries)} samples, and without an index {named}{more}"
    column = sheet.column("index", "sample_id")
    yield found("UNINDEXED_SAMPLE", message, bare[0].line, column)


def unknown_lanes(sheet: JudgedSheet, lanes: int | None) -> Iterator[Problem]:
    """Find lanes that the flowcell lacks, or where it is not known every flowcell."""
    has = f"flowcells have lanes from 1 to {_MOST_LANES}"
    if lanes is not None:
        has = f"the flowcell has {counted(lanes, 'lane')}"
    for sample in sheet.samples:
        if sample.lane is not None and not 1 <= sample.lane <= (lanes or _MOST_LANES):
            message = f"There is no lane {sample.lane}: {has}"
            yield found("UNKNOWN_LANE", message, sample.line, sheet.column("lane"))
