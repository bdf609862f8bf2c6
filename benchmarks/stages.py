"""Runs the stages of one scan in this process, and prints seconds and SQL statements of each.

``scan.py`` starts it, also under strace. The settings are those of DAGSTER_HOME; with ``--full``
every directory is listed.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event

from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import (
    create_models,
    parse_sample_sheets,
    scan_files,
)
from seqauto_pipeline.settings import load_settings


class _Statements:
    """Counts what is sent to the database: an ``executemany`` of any size is one statement."""

    def __init__(self) -> None:
        self.count = 0
        event.listen(Engine, "before_cursor_execute", self._add)

    def _add(self, *_: object) -> None:
        self.count += 1


def main() -> None:
    statements = _Statements()
    stages: dict[str, dict[str, float]] = {}

    def measured(name: str, stage: Callable[[], object]) -> None:
        began, before = time.perf_counter(), statements.count
        stage()
        stages[name] = {
            "seconds": time.perf_counter() - began,
            "statements": statements.count - before,
        }

    settings, home = load_settings(), Path(os.environ["DAGSTER_HOME"])
    scan, request = str(uuid.uuid4()), ScanRequest(full="--full" in sys.argv)
    measured("scan_files", lambda: scan_files(settings, home, scan, request))
    measured("parse_sample_sheets", lambda: parse_sample_sheets(settings, home, scan, scan))
    measured("create_models", lambda: create_models(settings, home, scan, scan, request))
    json.dump(stages, sys.stdout)


if __name__ == "__main__":
    main()
