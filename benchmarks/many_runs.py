"""Models of many sequencing runs without a disk of that size: a few, copied in the database."""

import os
from pathlib import Path

from demo_disks import demo_disk
from sqlalchemy import Connection, create_engine, text

from seqauto_pipeline.orchestration.dagster_home import write_default_instance_config
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import create_models, parse_sample_sheets, scan_files
from seqauto_pipeline.settings import database_url_for, load_settings

SCAN_ID = "00000000-0000-0000-0000-000000000001"
STRIDE = 1_000_000  # between the ids of one copy and the next
# Per table: columns that are shifted by the stride, and what makes a copy different.
COPIED = {
    "sequencing_run": (("id",), {"path": "path || '_{n}'", "name": "name || '_{n}'",
                                 "date": "date(date, '-{n} days')"}),
    "sample_sheet": (("id", "sequencing_run_id"), {}),
    "sequencing_sample": (("id", "sample_sheet_id"), {"sample_name": "sample_name || '_{n}'"}),
    "expected_file": (("id", "sequencing_run_id"), {"sample_name": "sample_name || '_{n}'"}),
    "file_event": (("id", "expected_file_id"), {}),
    "run_event": (("id", "sequencing_run_id"), {}),
    "loaded_content": (("expected_file_id",), {}),
    "unexpected_file": (("id", "sequencing_run_id"), {}),
    "message": (("id", "sequencing_run_id"), {}),
}  # fmt: skip


def prepare(directory: Path, runs: int, samples: int, scanned: int) -> float:
    """Make models of many runs, of which some are ``scanned`` and the rest are copies of those.

    Gives the seconds of processor time of the scan, 0 where a benchmark before has left the models.
    """
    home, disk = directory / "home", directory / "disk"
    os.environ["DAGSTER_HOME"] = str(home)
    if home.exists():
        return 0.0
    demo_disk(disk, scanned, samples)
    home.mkdir(parents=True)
    write_default_instance_config(home)
    (home / "seqauto.toml").write_text(
        f'scan_roots = ["{disk}"]\ntime_zone = "Australia/Adelaide"\n'
    )
    settings = load_settings()
    before = sum(os.times()[:4])
    scan_files(settings, home, SCAN_ID, ScanRequest())
    parse_sample_sheets(settings, home, SCAN_ID, SCAN_ID)
    create_models(settings, home, SCAN_ID, SCAN_ID, ScanRequest())
    seconds = sum(os.times()[:4]) - before
    engine = create_engine(database_url_for(settings, home))
    with engine.begin() as connection:
        for number in range(1, runs // scanned):
            _copy(connection, number)
    engine.dispose()
    return seconds


def _copy(connection: Connection, number: int) -> None:
    for table, (shifted, changed) in COPIED.items():
        columns = [row[1] for row in connection.execute(text(f"PRAGMA table_info({table})"))]
        made = {name: f'"{name}"' for name in columns}
        made |= {name: f"{name} + {number * STRIDE}" for name in shifted}
        made |= {name: how.format(n=number) for name, how in changed.items()}
        names = ", ".join(f'"{name}"' for name in columns)
        values = ", ".join(made.values())
        own = f"{shifted[-1]} < {STRIDE}"
        connection.execute(
            text(f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {own}")
        )
