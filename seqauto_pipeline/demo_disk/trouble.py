"""The kinds of trouble that real disks have. The plan gives each kind one sequencing run."""

from collections.abc import Mapping
from enum import StrEnum

from seqauto_pipeline.core.layout import FileType, Layout, Per


class Trouble(StrEnum):
    """In the order of use: a small disk shows the first ones."""

    EMPTY_FILE = "empty_file"
    MISSING_SHEET = "missing_sheet"
    GARBAGE_RUN_PARAMETERS = "garbage_run_parameters"
    INCOMPLETE = "incomplete"
    OTHER_SAMPLES_SUMMARY = "other_samples_summary"
    CONTROL_AND_FAILED = "control_and_failed"
    UNEXPECTED_FILE = "unexpected_file"
    DUPLICATE_NAME = "duplicate_name"
    SHEET_IS_JPEG = "sheet_is_jpeg"
    SKIP_MARKER = "skip_marker"
    SAMPLE_IN_TWO_LANES = "sample_in_two_lanes"
    RAGGED_ROW = "ragged_row"
    WINDOWS_1252_SHEET = "windows_1252_sheet"
    SPACE_IN_NAME = "space_in_name"
    ARCHIVED_READS = "archived_reads"
    MISSING_INDEX = "missing_index"


MEANING: Mapping[Trouble, str] = {
    Trouble.EMPTY_FILE: "a file of 0 bytes",
    Trouble.MISSING_SHEET: "no sample sheet",
    Trouble.GARBAGE_RUN_PARAMETERS: "RunParameters.xml is not XML",
    Trouble.INCOMPLETE: "no completion marker: the instrument is not done",
    Trouble.OTHER_SAMPLES_SUMMARY: "the values of an exec summary are another sample's",
    Trouble.CONTROL_AND_FAILED: "a control sample (NTC...) and one that failed",
    Trouble.UNEXPECTED_FILE: "a file that no sheet explains",
    Trouble.DUPLICATE_NAME: "the same run lies in two enrichment kits",
    Trouble.SHEET_IS_JPEG: "the sample sheet is a photograph",
    Trouble.SKIP_MARKER: "marked to be skipped",
    Trouble.SAMPLE_IN_TWO_LANES: "one sample in two lanes",
    Trouble.RAGGED_ROW: "a row of the sheet has too many cells",
    Trouble.WINDOWS_1252_SHEET: "the sheet is Windows-1252, not UTF-8",
    Trouble.SPACE_IN_NAME: "the run folder's name has a space",
    Trouble.ARCHIVED_READS: "all FASTQ files were archived",
    Trouble.MISSING_INDEX: "a BAM file without its index",
}


def kinds_for(layout: Layout) -> tuple[Trouble, ...]:
    """Give the kinds that a layout's files can have."""
    needs: Mapping[Trouble, bool] = {
        Trouble.EMPTY_FILE: emptied_type(layout.file_types) is not None,
        Trouble.OTHER_SAMPLES_SUMMARY: any(each.values for each in layout.file_types),
        Trouble.ARCHIVED_READS: any(each.per is Per.READ for each in layout.file_types),
        Trouble.UNEXPECTED_FILE: any(each.per is Per.READ for each in layout.file_types),
        Trouble.MISSING_INDEX: any(each.index_suffixes for each in layout.file_types),
    }
    return tuple(kind for kind in Trouble if needs.get(kind, True))


def emptied_type(file_types: tuple[FileType, ...]) -> str | None:
    """Choose the type of which one file is empty: the last that is made of a sample."""
    names = [
        each.name for each in file_types if each.non_empty and each.per in (Per.SAMPLE, Per.READ)
    ]
    return names[-1] if names else None
