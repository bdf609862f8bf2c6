"""How fast the web UI is with many sequencing runs, and what telling it costs a scan.

Writes a demo disk and scans it, tells the catalog of all runs, changes some, scans again, and opens
the pages in Chromium. Prints a table of figures. Ten thousand runs take an hour and 60 GB.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from playwright.sync_api import Page, sync_playwright

from seqauto_pipeline.demo_disk import DemoOptions, write_demo_disk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.orchestration.catalog.publish_job import publish_runs
from seqauto_pipeline.orchestration.catalog.specs import RUN_KEYS
from seqauto_pipeline.views.web_ui import asset_path

BIN = Path(sys.executable).parent
CHECKOUT = Path(__file__).parents[1]
_PATIENCE_MS = 300_000


def main() -> None:
    options = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="seqauto-web-ui-", dir=options.directory))
    try:
        _measure(folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--changed", type=int, default=100)
    parser.add_argument("--directory", type=Path, default=None, help="where it works")
    return parser.parse_args()


def _measure(folder: Path, options: argparse.Namespace) -> None:
    home, disk = folder / "home", folder / "disk"
    home.mkdir()
    os.environ["DAGSTER_HOME"] = str(home)
    print(f"writing a disk of {options.runs} runs")
    write_demo_disk(
        disk,
        DemoOptions(options.runs, options.samples),
        load_layout("tau"),
        skip_marker=".variantgrid_skip_flowcell",
    )
    _call("init", "--root", str(disk))
    first = _timed("first scan, s", lambda: _call("scan"))
    with dg.DagsterInstance.get() as instance:
        grown = _size(home)
        told = _timed("telling all runs, s", lambda: _publish(instance))
        _say("the same, % of the first scan", 100 * told / first)
        _say("growth of Dagster's database, KB a run", (_size(home) - grown) / 1024 / options.runs)
        _timed("rescan, unchanged, s", lambda: _call("scan"))
        _change(disk, options.changed)
        grown = _size(home)
        _timed(f"rescan, {options.changed} runs changed, s", lambda: _call("scan"))
        _say(
            "growth of Dagster's database, KB a changed run",
            (_size(home) - grown) / 1024 / options.changed,
        )
        keys = instance.get_dynamic_partitions(RUN_KEYS)
        scan = instance.get_runs(dg.RunsFilter(job_name="seqauto_scan"), limit=1)[0].run_id
    with _web_server(home) as address:
        _pages(address, keys[len(keys) // 2], scan)


def _publish(instance: dg.DagsterInstance) -> None:
    publish_runs.execute_in_process(instance=instance)


def _pages(address: str, key: str, scan: str) -> None:
    ready = (
        ("catalog", "/assets", "server_status"),
        (
            "partitions of sequencing_runs",
            "/assets/sequencing_runs?view=partitions",
            "Partitions Selected",
        ),
        ("page of a run", asset_path("sequencing_runs", key), "verdict"),
        ("page of a scan", f"/runs/{scan}", "It covered"),
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--headless", "--no-sandbox"]
        )
        for words, path, text in ready:
            page = browser.new_page()  # cold: nothing of it is cached
            _timed(f"{words}, cold, s", lambda: _open(page, address + path, text))  # noqa: B023
            page.context.close()
        browser.close()


def _open(page: Page, url: str, text: str) -> None:
    page.goto(url)
    page.get_by_text(text).first.wait_for(timeout=_PATIENCE_MS)


def _change(disk: Path, number: int) -> None:
    """Take a BAM file from each of some runs."""
    folders = sorted(disk.glob("*/*/1_BAM"))[:number]
    for folder in folders:
        next(iter(sorted(folder.glob("*.bam")))).unlink()
        os.utime(folder)


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
    return sum(file.stat().st_size for file in (home / "history").rglob("*.db*"))


def _call(*arguments: str) -> None:
    subprocess.run([str(BIN / "seqauto"), *arguments], stdout=subprocess.DEVNULL, check=True)


def _timed(words: str, act: Callable[[], None]) -> float:
    begin = time.monotonic()
    act()
    seconds = time.monotonic() - begin
    _say(words, seconds)
    return seconds


def _say(words: str, figure: float) -> None:
    print(f"{words:<50} {figure:10.2f}", flush=True)


if __name__ == "__main__":
    main()
