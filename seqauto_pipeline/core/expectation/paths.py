"""A pattern and what stands in its fields make a path."""

from collections.abc import Mapping

from seqauto_pipeline.core.expectation.samples import ExpectedSample, ExpectingRun, LaneRow
from seqauto_pipeline.core.file_list import RunListing, escape_name, glob_regex
from seqauto_pipeline.core.layout import folder_glob, parts_of
from seqauto_pipeline.core.sheet.rules import is_safe_name

LANE_FIELDS = frozenset({"lane", "lane_code"})


ROW_FIELDS = LANE_FIELDS | {"index", "index2"}


_FROM_DISK = frozenset({"sequencing_run", "stem"})  # one component of a path already, and escaped


def sample_values(sample: ExpectedSample) -> dict[str, str | None]:
    return {
        "sample_id": sample.sample_id,
        "sample_name": sample.sample_name,
        "sample_number": str(sample.sample_number),
        "sample_project": sample.sample_project,
        "enrichment_kit": sample.enrichment_kit,
    }


def row_values(row: LaneRow) -> dict[str, str | None]:
    return {
        "lane": None if row.lane is None else str(row.lane),
        "lane_code": lane_code(row.lane),
        "index": row.index,
        "index2": row.index2,
    }


def run_values(run: ExpectingRun) -> dict[str, str | None]:
    return {
        "sequencing_run": run.name,
        "enrichment_kit": run.enrichment_kit,
        "flowcell_id": run.flowcell_id,
        "flowcell": run.flowcell,
    }


def lane_code(lane: int | None) -> str | None:
    """Lane as Illumina's file names have it: ``L001``."""
    return None if lane is None else f"L{lane:03d}"


def with_newest(pattern: str, values: Mapping[str, str], listing: RunListing) -> Mapping[str, str]:
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
