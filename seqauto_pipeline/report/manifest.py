"""What a report was made from, as it is kept with it."""

import msgspec

from seqauto_pipeline.report.directory import ReportDirectory
from seqauto_pipeline.report.summary import Manifest

_NAME = ".manifest.json"


def read_manifest(directory: ReportDirectory) -> Manifest | None:
    """Read what was written last; None where nothing was, or another program did."""
    try:
        text = (directory.path / _NAME).read_bytes()
        return msgspec.json.decode(text, type=Manifest)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write_manifest(directory: ReportDirectory, manifest: Manifest) -> None:
    """Keep what was written. It comes last, so that it never tells of what is not there."""
    directory.write(_NAME, msgspec.json.encode(manifest))
