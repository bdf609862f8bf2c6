"""The patterns of a file type that can be used for one sample, with the paths they give."""

from collections.abc import Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.expectation.paths import (
    LANE_FIELDS,
    ROW_FIELDS,
    expand,
    lane_code,
    row_values,
    run_values,
    sample_values,
    usable_values,
    with_newest,
)
from seqauto_pipeline.core.expectation.samples import ExpectedSample, ExpectingRun, LaneRow
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import FileType, Lanes, Layout, Per, fields_of


@dataclass(frozen=True, slots=True)
class CandidatePath:
    """One path that one candidate pattern gives."""

    slot: str
    path: str
    lane: int | None = None
    read: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A usable pattern with its paths for one sample: one, or one for each lane and read."""

    pattern: str
    paths: tuple[CandidatePath, ...]
    needs_run_info_lanes: bool = False


def candidates_of(
    file_type: FileType,
    sample: ExpectedSample,
    run: ExpectingRun,
    layout: Layout,
    listing: RunListing,
) -> tuple[Candidate, ...]:
    """Usable patterns of a type for one sample, in order of preference, with their paths."""
    of_sample = usable_values(run_values(run) | sample_values(sample))
    return candidates_with(file_type, sample, run, layout, listing, of_sample)


def candidates_with(
    file_type: FileType,
    sample: ExpectedSample,
    run: ExpectingRun,
    layout: Layout,
    listing: RunListing,
    of_sample: Mapping[str, str],
) -> tuple[Candidate, ...]:
    usable = (
        _candidate(file_type, text, sample, run, layout, with_newest(text, of_sample, listing))
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
    has_lane = bool(names & LANE_FIELDS)
    paths = []
    for row in rows:
        of_row = (
            {**of_sample, **usable_values(row_values(row))} if names & ROW_FIELDS else of_sample
        )
        for read in reads:
            path = expand(pattern, of_row if read is None else {**of_row, "read": str(read)})
            if path is None:
                return None
            lane = row.lane if has_lane else None
            paths.append(CandidatePath(_slot(sample.slot, lane, read), path, lane, read))
    return Candidate(pattern, tuple(paths), borrowed) if paths else None


def _rows_for(
    names: frozenset[str], sample: ExpectedSample, run: ExpectingRun, layout: Layout
) -> tuple[tuple[LaneRow, ...], bool]:
    """Rows to expand a pattern with; True when their lanes are RunInfo's, not the sheet's."""
    if not names & LANE_FIELDS:
        return sample.rows[:1], False
    with_lane = tuple(row for row in sample.rows if row.lane is not None)
    if with_lane or layout.lanes is Lanes.SHEET:
        return with_lane, False
    first = sample.rows[0]
    lanes = range(1, (run.lanes or 0) + 1)
    return tuple(LaneRow(lane, first.index, first.index2) for lane in lanes), True


def _slot(sample_slot: str, lane: int | None, read: int | None) -> str:
    lane_part = "" if lane is None else f"/{lane_code(lane)}"
    return sample_slot + lane_part + ("" if read is None else f"/R{read}")
