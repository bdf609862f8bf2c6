"""The patterns of a file type that can be used for one sample, with the paths they give."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from seqauto_pipeline.core.expectation.open_directories import closed, has_open_directory
from seqauto_pipeline.core.expectation.paths import (
    LANE_FIELDS,
    ROW_FIELDS,
    expand,
    lane_code,
    pattern_of_read,
    run_values,
    sample_values,
    text_of_read,
    usable_values,
    values_of_row,
)
from seqauto_pipeline.core.expectation.reads import masks_are_in_sheet, with_made_by_masks
from seqauto_pipeline.core.expectation.samples import (
    ExpectedSample,
    ExpectingRun,
    LaneRow,
    SheetFacts,
)
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import FileType, Lanes, Layout, Per
from seqauto_pipeline.core.pattern import fields_of


class CandidatePath(NamedTuple):  # a disk has millions
    """One path that one candidate pattern gives."""

    slot: str
    path: str
    lane: int | None = None
    read: str | None = None  # R1, R2, I1, ...

    @property
    def read_number(self) -> int | None:
        """The number of a read that is no index read."""
        return int(self.read[1:]) if self.read and self.read.startswith("R") else None


class Candidate(NamedTuple):
    """A usable pattern with its paths for one sample: one, or one for each lane and read."""

    pattern: str
    paths: tuple[CandidatePath, ...]
    needs_run_info_lanes: bool = False


def candidates_with(
    file_type: FileType,
    sample: ExpectedSample,
    run: ExpectingRun,
    layout: Layout,
    listing: RunListing,
    of_sample: Mapping[str, str],
    more_reads: tuple[str, ...] = (),
) -> tuple[Candidate, ...]:
    """List the usable patterns of a type for one sample, in order of preference.

    ``of_sample`` has the values of its fields; ``more_reads`` are reads that masks made.
    """
    found = []
    is_read = file_type.per is Per.READ
    asked = None
    for text in file_type.patterns:
        pattern = closed(text, listing) if has_open_directory(text) else text
        if pattern is None:
            continue
        if pattern is text and not is_read and sample.rows and not fields_of(text) & ROW_FIELDS:
            path = expand(pattern, of_sample)  # as of most types: one file of each sample
            if path is not None:
                found.append(Candidate(text, (CandidatePath(sample.slot, path),)))
            continue
        if asked is None:
            asked = _Asked(sample, run, run.sheet, of_sample, more_reads, is_read=is_read)
        rows, borrowed = rows_for(text, sample, run, layout)
        paths = asked.paths(pattern, rows)
        if paths:
            found.append(Candidate(text, paths, borrowed))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of each pattern: the paths of one sample."""

    sample: ExpectedSample
    run: ExpectingRun
    sheet: SheetFacts
    of_sample: Mapping[str, str]
    more_reads: tuple[str, ...]
    is_read: bool
    # By row: its reads, and the values for each; they are the same for every pattern.
    known: dict[LaneRow, tuple[tuple[str | None, Mapping[str, str]], ...]] = field(
        default_factory=dict
    )

    def paths(self, pattern: str, rows: tuple[LaneRow, ...]) -> tuple[CandidatePath, ...] | None:
        """Expand a pattern; None when a field of it has no value for this sample."""
        has_lane = not fields_of(pattern).isdisjoint(LANE_FIELDS)
        found: dict[str, CandidatePath] = {}
        for row in rows:
            if row not in self.known:
                self.known[row] = tuple(self._reads_with_values(row))
            lane = row.lane if has_lane else None
            for read, values in self.known[row]:
                path = expand(pattern if read is None else pattern_of_read(pattern, read), values)
                if path is None:
                    return None
                slot = slot_of(self.sample.slot, lane, read)
                first = found.setdefault(slot, CandidatePath(slot, path, lane, read))
                if first.path != path:  # the same sample in another project
                    slot = slot_of(f"{self.sample.slot}/{row.project}", lane, read)
                    found[slot] = CandidatePath(slot, path, lane, read)
        return tuple(found.values())

    def _reads_with_values(self, row: LaneRow) -> Iterator[tuple[str | None, Mapping[str, str]]]:
        values = values_of_row(self.of_sample, row)
        if not self.is_read:
            yield None, values
            return
        for read in self._reads(row):
            yield read, {**values, "read": text_of_read(read)}

    def _reads(self, row: LaneRow) -> tuple[str, ...]:
        reads = self.run.reads_of(row, self.sheet)
        if not self.more_reads or masks_are_in_sheet(self.sheet.settings, row.override_cycles):
            return reads
        return with_made_by_masks(reads, self.more_reads)


def paths_of(
    pattern: str,
    rows: tuple[LaneRow, ...],
    sample: ExpectedSample,
    run: ExpectingRun,
    sheet: SheetFacts,
    more_reads: tuple[str, ...] = (),
) -> tuple[CandidatePath, ...] | None:
    """Expand a pattern of reads, without open directories, for these rows of a sample."""
    of_sample = usable_values(run_values(run) | sample_values(sample))
    return _Asked(sample, run, sheet, of_sample, more_reads, is_read=True).paths(pattern, rows)


def rows_for(
    pattern: str, sample: ExpectedSample, run: ExpectingRun, layout: Layout
) -> tuple[tuple[LaneRow, ...], bool]:
    """Rows to expand a pattern with; True when their lanes are RunInfo's, not the sheet's."""
    if fields_of(pattern).isdisjoint(LANE_FIELDS):
        return sample.rows[:1], False
    with_lane = tuple(row for row in sample.rows if row.lane is not None)
    if with_lane or layout.lanes is Lanes.SHEET:
        return with_lane, False
    first = sample.rows[0]
    lanes = range(1, (run.lanes or 0) + 1)
    return tuple(replace(first, lane=lane) for lane in lanes), True


def slot_of(sample_slot: str, lane: int | None, read: str | None) -> str:
    lane_part = "" if lane is None else f"/{lane_code(lane)}"
    return sample_slot + lane_part + ("" if read is None else f"/{read}")
