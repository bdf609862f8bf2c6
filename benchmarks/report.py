"""What the report costs: seconds to write it, to update it, and until its list can be used.

    .venv/bin/python benchmarks/report.py --runs 10000 --samples 24

The models are those of a scan of a demo disk, copied in the database until there are enough runs.
Seconds of writing are those of whole processes; the browser is Chromium without a cache.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from many_runs import prepare
from playwright.sync_api import sync_playwright
from sqlalchemy import create_engine, text

from seqauto_pipeline.settings import database_url_for, load_settings

SEQAUTO = Path(sys.executable).with_name("seqauto")
SCANNED_RUNS = 50  # of a real scan; the rest are copies
CHANGED_RUNS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--samples", type=int, default=24, help="of each run")
    parser.add_argument("--keep", type=Path, help="a directory for disk, models and report")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        directory = (options.keep or Path(temporary)).absolute()
        prepare(directory, options.runs, options.samples, SCANNED_RUNS)
        for name, value in measured(directory):
            print(f"{name:<55} {value}", flush=True)


def measured(directory: Path) -> Iterator[tuple[str, str]]:
    report = directory / "report"
    yield "written for the first time", _cost(report)
    yield "updated where nothing changed", _cost(report)
    _change(directory / "home")
    yield f"updated after {CHANGED_RUNS} changed runs", _cost(report)
    lists = sorted(report.glob("data/runs-*.js"))
    yield "list of runs", f"{sum(each.stat().st_size for each in lists) / 1e6:.2f} MB"
    every = [each.stat().st_size for each in report.rglob("*") if each.is_file()]
    yield "whole report", f"{sum(every) / 1e6:.0f} MB in {len(every):,} files"
    yield from _browsed(report)


def _cost(report: Path) -> str:
    """Write the report; say how long it took, and for how long it kept processor cores busy."""
    began, before = time.perf_counter(), os.times()
    subprocess.run([SEQAUTO, "report", report], check=True, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - began, os.times()
    busy = sum(after[2:4]) - sum(before[2:4])
    return f"{seconds:.1f} s, {busy:.1f} s of processor time"


def _change(home: Path) -> None:
    """Have a later scan change some runs: a file of each is gone, and messages say so."""
    engine = create_engine(database_url_for(load_settings(), home))
    with engine.begin() as connection:
        scan = "(SELECT max(id) FROM scan)"
        later = connection.execute(
            text(
                "INSERT INTO scan (dagster_run_id, started_at, record_id, as_of, is_everything, "
                "scope, is_full, applied_at) SELECT 'later-' || (id + 1), started_at, record_id, "
                "as_of, is_everything, scope, is_full, applied_at FROM scan "
                "ORDER BY id DESC LIMIT 1"
            )
        )
        assert later.rowcount == 1
        chosen = "SELECT id FROM sequencing_run WHERE data_state = 'complete' ORDER BY id DESC"
        few = f"{chosen} LIMIT {CHANGED_RUNS}"
        connection.execute(
            text(f"UPDATE sequencing_run SET written_scan_id = {scan} WHERE id IN ({few})")
        )
        connection.execute(
            text(
                "UPDATE expected_file SET data_state = 'deleted' WHERE file_type = 'vcf' "
                f"AND sequencing_run_id IN ({few})"
            )
        )
    engine.dispose()


def _browsed(report: Path) -> Iterator[tuple[str, str]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        began = time.perf_counter()
        page.goto(f"file://{report}/index.html")
        page.wait_for_selector("#runs tbody tr")
        yield "list opened in Chromium, rows shown", f"{time.perf_counter() - began:.2f} s"
        yield "search narrowed the list", f"{_typed(page, '#q', 'NB501009'):.2f} s"
        began = time.perf_counter()
        page.click("#runs th[data-sort=waits] button")
        page.evaluate("1")
        yield "list sorted by another column", f"{time.perf_counter() - began:.2f} s"
        began = time.perf_counter()
        page.goto(f"file://{report}/samples.html")
        page.wait_for_selector("html[data-ready]")
        yield "samples opened in Chromium", f"{time.perf_counter() - began:.2f} s"
        yield "sample found", f"{_typed(page, '#sample', 's003'):.2f} s"
        began = time.perf_counter()
        page.goto(f"file://{max(report.glob('qc/kit*'), key=_size)}")
        page.wait_for_selector(".chart svg")
        yield "charts of a kit drawn", f"{time.perf_counter() - began:.2f} s"
        browser.close()


def _size(page: Path) -> int:
    return sum(each.stat().st_size for each in page.parent.parent.glob(f"data/{page.stem}-*.js"))


def _typed(page, field: str, words: str) -> float:  # type: ignore[no-untyped-def]
    before = page.inner_text("#count")
    began = time.perf_counter()
    page.fill(field, words)
    page.wait_for_function(
        "before => document.querySelector('#count').innerText !== before", arg=before
    )
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
