"""One scan in a process of its own: ``python -m seqauto_pipeline_tests.scan.one_scan HOME``."""

import sys
import uuid
from pathlib import Path

from seqauto_pipeline.errors import VanishedError
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import (
    create_models,
    parse_sample_sheets,
    scan_files,
)
from seqauto_pipeline.settings import load_settings


def scan_once(home: Path, environ: dict[str, str] | None = None) -> None:
    """Take the steps of a scan with the settings of the environment."""
    settings, scan_id, request = load_settings(environ), str(uuid.uuid4()), ScanRequest()
    scan_files(settings, home, scan_id, request)
    parse_sample_sheets(settings, home, scan_id, scan_id)
    try:
        create_models(settings, home, scan_id, scan_id, request)
    except VanishedError as error:
        print(error, file=sys.stderr)  # noqa: T201 - for who started this process


if __name__ == "__main__":
    scan_once(Path(sys.argv[1]))
