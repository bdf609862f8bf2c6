"""The files that the content of an expected file is made from."""

from posixpath import basename, dirname

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import ILLUMINA_QC, TILE_METRICS
from seqauto_pipeline.core.qc.measured_run import MeasuredRun


def paths_of(file: ExpectedFile) -> tuple[str, ...]:
    """Give the paths that the content of a file is read from."""
    return (file.path,) if file.values_path is None else (file.path, file.values_path)


def is_computed(file: ExpectedFile) -> bool:
    """Tell whether the content is computed from the folder that the file lies in."""
    return file.file_type.content == ILLUMINA_QC and basename(file.path) == TILE_METRICS


def paths_read_for(
    file: ExpectedFile, listing: RunListing, measured: MeasuredRun | None
) -> tuple[str, ...]:
    """Give all paths that have a part in the content of a file; the first is the file's own."""
    if measured is None or not is_computed(file):
        return paths_of(file)
    folder = dirname(file.path)
    listed = listing.directories.get(folder)
    names = sorted(name for name in listed.entries if name.endswith(".bin")) if listed else ()
    beside = (path for path in (measured.run_info, measured.run_parameters) if path is not None)
    return (file.path, *beside, *(f"{folder}/{name}" for name in names))
