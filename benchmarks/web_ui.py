"""How fast the web UI is with many sequencing runs, and what telling it costs a scan.

    .venv/bin/python benchmarks/web_ui.py --runs 10000 --samples 24

The models are those of a scan of a demo disk, copied in the database until there are enough runs;
the catalog is told of all of them, as after a first scan. Then a scan changes the runs that are on
the disk, once without telling the catalog and once with it, and Chromium opens the pages without a
cache. Dagster's database is in SQLite, or where DAGSTER_DATABASE_URL names an empty one of
PostgreSQL.

What a first scan costs in full, and telling of it, without copies and without the pages:

    .venv/bin/python benchmarks/web_ui.py --runs 1000 --changed 1000 --no-pages
"""

import argparse
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import dagster as dg
from many_runs import prepare
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import create_engine, text

from seqauto_pipeline.orchestration.catalog.publish_job import publish_runs
from seqauto_pipeline.orchestration.catalog.specs import RUN_KEYS
from seqauto_pipeline.views.web_ui import asset_path

BIN = Path(sys.executable).parent
CHECKOUT = Path(__file__).parents[1]
_PATIENCE_MS = 300_000
_URL = "DAGSTER_DATABASE_URL"
_POSTGRESQL = """storage:
  postgres:
    postgres_url:
      env: DAGSTER_DATABASE_URL
"""
# A scan of some runs in a process of its own, as the command line makes it.
_SCAN = """
import json, sys
from seqauto_pipeline.orchestration import ops
from seqauto_pipeline.orchestration.launch import execute_scan
from seqauto_pipeline.scan.request import request_of
runs, tells = json.loads(sys.argv[1]), sys.argv[2] == "tells"
if not tells:
    ops.tell_of_scan = lambda *_: None
story = execute_scan(request_of({"runs": runs}), lambda *_: None)
assert str(story.state) == "Finished", story
"""


def main() -> None:
    options = _arguments()
    with tempfile.TemporaryDirectory(prefix="seqauto-web-ui-") as temporary:
        _measure((options.keep or Path(temporary)).absolute(), options)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--samples", type=int, default=24, help="of each run")
    parser.add_argument("--changed", type=int, default=100, help="runs that a scan changes")
    parser.add_argument("--keep", type=Path, help="a directory for disk and home")
    parser.add_argument("--no-pages", action="store_true", help="open none in Chromium")
    return parser.parse_args()


def _measure(directory: Path, options: argparse.Namespace) -> None:
    first = prepare(directory, options.runs, options.samples, options.changed)
    home, disk = directory / "home", directory / "disk"
    if os.environ.get(_URL):
        _use_postgresql(home / "dagster.yaml")
    if first:
        words = "first scan, s of processor time at the pace of the scanned"
        _say(words, _scaled(first, options))
        _tell_all(home, first, options)
    _rescan(home, disk, options.changed)
    with dg.DagsterInstance.get() as instance:
        keys = instance.get_dynamic_partitions(RUN_KEYS)
        scan = instance.get_runs(dg.RunsFilter(job_name="seqauto_scan"), limit=1)[0].run_id
    if options.no_pages:
        return
    with _web_server(home) as address:
        _pages(address, keys[len(keys) // 2], scan)


def _use_postgresql(config: Path) -> None:
    config.write_text(re.sub(r"storage:\n(  .*\n)+", _POSTGRESQL, config.read_text(), count=1))


def _scaled(seconds: float, options: argparse.Namespace) -> float:
    return float(seconds * options.runs / options.changed)


def _tell_all(home: Path, first: float, options: argparse.Namespace) -> None:
    """Tell the catalog of all runs, as the job does that a first scan calls for."""
    with dg.DagsterInstance.get() as instance:
        before = _size(home)
        told = _timed(
            "telling all runs", lambda: publish_runs.execute_in_process(instance=instance)
        )
    _say("the same, % of the first scan's processor time", 100 * told / _scaled(first, options))
    _say("growth of Dagster's database, KB a run", (_size(home) - before) / 1024 / options.runs)


def _rescan(home: Path, disk: Path, changed: int) -> None:
    """Have a file of some runs go and come, and scan these: without the catalog, and with it."""
    folders = sorted(folder.parent for folder in disk.glob("*/*/1_BAM"))[:changed]
    kept = {file: file.read_bytes() for file in (_bam(folder) for folder in folders)}
    runs = json.dumps([folder.name for folder in folders])
    _timed("scan of these runs, nothing changed", lambda: _scan(runs, "tells"))
    _scan(runs, "tells")  # the last two answers to a check stay whole: from now on one is replaced
    grown = {"is quiet": 0, "tells": 0}
    for number in range(4):
        words = ("is quiet", "tells")[number % 2]
        _put(kept) if number % 2 else _take(kept)
        before = _size(home)
        _timed(f"scan, {len(kept)} runs changed, it {words}", lambda: _scan(runs, words))  # noqa: B023
        grown[words] += _size(home) - before
    more = (grown["tells"] - grown["is quiet"]) / 2
    _say("growth of Dagster's database, KB a changed run", more / 1024 / len(kept))


def _bam(folder: Path) -> Path:
    return min(folder.glob("1_BAM/*.bam"))


def _take(kept: Mapping[Path, bytes]) -> None:
    for file in kept:
        file.unlink()


def _put(kept: Mapping[Path, bytes]) -> None:
    for file, content in kept.items():
        file.write_bytes(content)


def _scan(runs: str, words: str) -> None:
    subprocess.run([sys.executable, "-c", _SCAN, runs, words], check=True)


def _pages(address: str, key: str, scan: str) -> None:
    ready = (
        ("catalog", "/assets", "server_status"),
        (
            "partitions of sequencing_runs",
            "/assets/sequencing_runs?view=partitions",
            "Partitions Selected",
        ),
        ("page of a run", asset_path("sequencing_runs", key), "about the run"),
        ("page of a scan", f"/runs/{scan}", "It covered"),
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless", "--no-sandbox"]
        )
        for turn in ("first", "again"):  # the first opening is of a server that has just started
            for words, path, text in ready:
                _opened(browser, f"{words}, {turn}", address + path, text)
        browser.close()


def _opened(browser: Browser, words: str, url: str, text: str) -> None:
    page = browser.new_page()  # cold: the browser has nothing of it
    _timed(words, lambda: _open(page, url, text))
    page.context.close()


def _open(page: Page, url: str, text: str) -> None:
    page.goto(url)
    page.get_by_text(text).first.wait_for(timeout=_PATIENCE_MS)


@contextmanager
def _web_server(home: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = (str(BIN / "dagster-webserver"), "-w", str(CHECKOUT / "workspace.yaml"))
    with (home / "web.log").open("w") as log:
        process = subprocess.Popen((*command, "-p", str(port)), stdout=log, stderr=log)
        try:
            _until(lambda: _answers(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.2)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/server_info", timeout=5).close()
    except OSError:
        return False
    return True


def _size(home: Path) -> int:
    """Bytes of Dagster's database that are in use, as if it had just been vacuumed."""
    if os.environ.get(_URL):
        return _size_in_postgresql(os.environ[_URL])
    return sum(map(_used, (home / "history").rglob("*.db")))


def _used(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("VACUUM")
    return file.stat().st_size


def _size_in_postgresql(url: str) -> int:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM FULL"))
        size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    engine.dispose()
    return int(size)


def _timed(words: str, act: Callable[[], object]) -> float:
    """Do something; print and give how long it kept processor cores busy, in seconds."""
    began, before = time.perf_counter(), os.times()
    act()
    seconds, after = time.perf_counter() - began, os.times()
    busy = sum(after[:4]) - sum(before[:4])
    print(f"{words:<55} {seconds:8.2f} s, {busy:.2f} s of processor time", flush=True)
    return busy


def _say(words: str, figure: float) -> None:
    print(f"{words:<55} {figure:8.2f}", flush=True)


if __name__ == "__main__":
    main()
