"""A pattern and what stands in its fields make a path."""

import re
from collections.abc import Mapping
from functools import lru_cache

from seqauto_pipeline.core.expectation.samples import ExpectedSample, ExpectingRun, LaneRow
from seqauto_pipeline.core.file_list import escape_name
from seqauto_pipeline.core.pattern import templates_of
from seqauto_pipeline.core.sheet.name_rules import is_safe_name

LANE_FIELDS = frozenset({"lane", "lane_code"})
ROW_FIELDS = LANE_FIELDS | {"index", "index2", "barcode", "sample_project"}
_FROM_DISK = frozenset({"sequencing_run", "stem"})  # one component of a path already, and escaped
_NO_LETTER_OR_DIGIT = re.compile(r"[^A-Za-z0-9]")
_READ_LETTER = re.compile(r"(?<![A-Za-z0-9])R(?=\{read\})")


def sample_values(sample: ExpectedSample) -> dict[str, str | None]:
    differs = sample.sample_id != sample.sample_name
    return {
        "sample_id": sample.sample_id,
        "sample_name": sample.sample_name,
        "differing_id": sample.sample_id if differs else None,
        "dashed_id": dashed(sample.sample_id),
        "dashed_name": dashed(sample.sample_name),
        "sample_number": str(sample.sample_number),
        "sample_project": sample.sample_project,
        "enrichment_kit": sample.enrichment_kit,
    }


def dashed(name: str) -> str:
    """Write a name as MiSeq's own software and BaseSpace do in names of files.

    Source: cfe-lab/MiCall#2; theiagen/public_health_bioinformatics PR#36.
    """
    return _NO_LETTER_OR_DIGIT.sub("-", name)


def row_values(row: LaneRow) -> dict[str, str | None]:
    return {
        "lane": None if row.lane is None else str(row.lane),
        "lane_code": lane_code(row.lane),
        "index": row.index,
        "index2": row.index2,
        "barcode": "-".join(filter(None, (row.index, row.index2))) or "NoIndex",
        "sample_project": row.project,
    }


def values_of_row(of_sample: Mapping[str, str], row: LaneRow) -> dict[str, str]:
    """Give what a row's paths may have in them: the sample's values, and its own before these."""
    kept = {name: value for name, value in of_sample.items() if name not in ROW_FIELDS}
    return kept | _usable_of_row(row)


@lru_cache(maxsize=4096)  # asked for each pattern of a sample
def _usable_of_row(row: LaneRow) -> dict[str, str]:
    return usable_values(row_values(row))


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


def usable_values(values: Mapping[str, str | None]) -> dict[str, str]:
    """Keep the values that can stand in a path, escaped as the names of a listing are."""
    usable = {}
    for name, value in values.items():
        text = value if value is None or name in _FROM_DISK else _usable(value)
        if text is not None:
            usable[name] = text
    return usable


@lru_cache(maxsize=4096)  # an id is often the name, too, and projects and kits repeat
def _usable(value: str) -> str | None:
    return escape_name(value) if is_safe_name(value) else None


def pattern_of_read(pattern: str, read: str) -> str:
    """Give the pattern for a read: the R that many have before the field is no index read's."""
    return pattern if read.startswith("R") else _READ_LETTER.sub("", pattern)


def text_of_read(read: str) -> str:
    """Give what stands in the field of a read: 2 of R2, I1 of an index read."""
    return read[1:] if read.startswith("R") else read


def expand(pattern: str, values: Mapping[str, str]) -> str | None:
    """Put values, already checked, into a pattern; None when a field that it needs has none."""
    for template in templates_of(pattern):
        try:
            return template.format_map(values)
        except KeyError:
            continue
    return None
