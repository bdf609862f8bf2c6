"""The rows of sample sheets as they are stored: to values and back."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from sqlalchemy import RowMapping

from seqauto_pipeline.core.sheet.sample_sheet import SheetSample
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample
from seqauto_pipeline.db.models import SequencingSample

_AS_IN_THE_SHEET = (
    *("line", "lane", "sample_id", "sample_name", "sample_project", "sample_number"),
    *("index", "index2", "failed"),
)
_AS_JUDGED = ("is_control", "automatically_process", "enrichment_kit")
_values_in_the_sheet, _judged_values = attrgetter(*_AS_IN_THE_SHEET), attrgetter(*_AS_JUDGED)
_COLUMNS = (*_AS_IN_THE_SHEET, *_AS_JUDGED, "sheet_kit", "extra", "processing")


def sample_row(sheet_id: int, number: int, judged: JudgedSample) -> dict[str, Any]:
    """Give the columns of a sample, its own number excepted. ``number``: its row, from 1."""
    sample = judged.sample
    return {
        "sample_sheet_id": sheet_id,
        "row": number,
        **dict(zip(_AS_IN_THE_SHEET, _values_in_the_sheet(sample), strict=True)),
        **dict(zip(_AS_JUDGED, _judged_values(judged), strict=True)),
        "sheet_kit": sample.enrichment_kit,
        "extra": dict(sample.extra),
        "processing": {
            "override_cycles": sample.override_cycles,
            "mismatches": sample.barcode_mismatches,
        },
    }


def sheet_sample(row: SequencingSample | RowMapping) -> SheetSample:
    """Give a stored row as its sheet has it."""
    return _sheet_sample(_values(row))


def judged_sample(row: SequencingSample | RowMapping) -> JudgedSample:
    """Give a stored row with what the settings and the rules made of it."""
    values = _values(row)
    return JudgedSample(_sheet_sample(values), **{name: values[name] for name in _AS_JUDGED})


def _values(row: SequencingSample | RowMapping) -> Mapping[str, Any]:
    if isinstance(row, SequencingSample):
        return {name: getattr(row, name) for name in _COLUMNS}
    return {name: row[name] for name in _COLUMNS}


def _sheet_sample(values: Mapping[str, Any]) -> SheetSample:
    processing = values["processing"]
    return SheetSample(
        **{name: values[name] for name in _AS_IN_THE_SHEET},
        enrichment_kit=values["sheet_kit"],
        extra=tuple(values["extra"].items()),
        override_cycles=processing.get("override_cycles"),
        barcode_mismatches=tuple(processing.get("mismatches", (None, None))),
    )
