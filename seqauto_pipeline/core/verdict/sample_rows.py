"""The rows of a sheet put together: one sample has a row in each lane or with each index."""

from collections.abc import Iterable

from seqauto_pipeline.core.expectation.samples import ExpectedSample, LaneRow, SheetFacts, UsedSheet
from seqauto_pipeline.core.sheet.sample_sheet import SampleSheet
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample, ReadSheet


def expected_samples(samples: Iterable[JudgedSample]) -> tuple[ExpectedSample, ...]:
    """Put the rows of each sample together, in sheet order."""
    rows: dict[tuple[str, str], list[JudgedSample]] = {}
    for judged in samples:
        key = (judged.sample.sample_id, judged.sample.sample_name)
        rows.setdefault(key, []).append(judged)
    first_of: dict[str, str] = {}
    for sample_id, name in rows:
        first_of.setdefault(name, sample_id)
    return tuple(
        _expected_sample(group, is_first=first_of[name] == sample_id)
        for (sample_id, name), group in rows.items()
    )


def sheet_facts(sheet: SampleSheet) -> SheetFacts:
    """Give what a sheet tells of the conversion."""
    return SheetFacts(sheet.format, sheet.conversion, sheet.workflows)


def used_sheet(read: ReadSheet) -> UsedSheet:
    """Give the sheet that a conversion used, for the files that it made."""
    return UsedSheet(expected_samples(read.samples), sheet_facts(read.sheet))


def _expected_sample(group: list[JudgedSample], *, is_first: bool) -> ExpectedSample:
    """Make one sample of its rows; the first of a name keeps its records when others come."""
    first = group[0].sample
    lanes = {(row.sample.lane, row.sample.sample_project or None): row.sample for row in group}
    return ExpectedSample(
        # A slash stands in no name, so no two samples have one slot.
        slot=first.sample_name if is_first else f"{first.sample_name}/{first.sample_id}",
        sample_id=first.sample_id,
        sample_name=first.sample_name,
        sample_number=first.sample_number,
        sample_project=first.sample_project or None,
        enrichment_kit=group[0].enrichment_kit,
        rows=tuple(
            LaneRow(
                lane=lane,
                index=row.index or None,
                index2=row.index2 or None,
                project=project,
                override_cycles=row.override_cycles,
                line=row.line,
            )
            for (lane, project), row in lanes.items()
        ),
        skipped=all(row.skipped for row in group),
    )
