"""A slow disk listed from here, and by its own server: what the listing step of a scan takes.

    .venv/bin/python benchmarks/list_files.py --runs 1000 --samples 24 --latency-ms 1

A disk of that size is written below --directory, once. Each call on it then takes that much longer
for the scan (`bad_disk.c`), but not for the program that lists it, which runs beside the disk.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from seqauto_pipeline.list_files.carrying import write_program  # noqa: E402

_SEQAUTO = Path(sys.executable).with_name("seqauto")
_LIST_STEP = """
import sys
from pathlib import Path
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import scan_files
from seqauto_pipeline.settings import load_settings

home = Path(sys.argv[1])
found = scan_files(load_settings({"DAGSTER_HOME": str(home)}), home, sys.argv[2], ScanRequest())
assert not found.unavailable_roots, found.unavailable_roots
"""


@dataclass(frozen=True, slots=True)
class Took:
    seconds: float
    processor: float


def timed(command: Sequence[str | Path], **environment: str) -> Took:
    """Run a program to its end."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env={**os.environ, **environment})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(time.monotonic() - began, processor)


class Bench:
    def __init__(self, directory: Path, disk: Path, milliseconds: float) -> None:
        self.directory, self.disk = directory, disk
        library = directory / "bad_disk.so"
        build = ["gcc", "-shared", "-fPIC", "-o", str(library), str(HERE / "bad_disk.c"), "-ldl"]
        subprocess.run(build, check=True)
        microseconds = str(round(milliseconds * 1000))
        slow = {"SLOW_DISK": str(disk), "SLOW_DISK_US": microseconds}
        self.slow = {"LD_PRELOAD": str(library), **slow} if milliseconds else {}
        self.program, self.list_file = directory / "list_files.pyz", directory / "list.gz"
        self.request = directory / "request.json"
        write_program(self.program)

    def home(self, name: str, root: str) -> Path:
        home = self.directory / name
        home.mkdir()
        (home / "seqauto.toml").write_text(f"[[scan_roots]]\n{root}\n")
        return home

    def scan(self, home: Path, number: int) -> Took:
        return timed((sys.executable, "-c", _LIST_STEP, home, f"scan-{number}"), **self.slow)

    def make_list(self) -> Took:
        listed = (sys.executable, "-I", "-S", self.program, self.disk)
        return timed((*listed, "--output", self.list_file, "--request", self.request))

    def ask(self, home: Path) -> None:
        with self.request.open("wb") as output:
            command = (_SEQAUTO, "list-files", self.disk, "--print-request")
            environment = {**os.environ, "DAGSTER_HOME": str(home)}
            subprocess.run(command, check=True, stdout=output, env=environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--latency-ms", type=float, default=1.0)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()))
    given = parser.parse_args()
    disk = given.directory / f"list-files-{given.runs}x{given.samples}"
    if not disk.exists():
        size = ["--runs", str(given.runs), "--samples", str(given.samples), "--no-trouble"]
        subprocess.run((_SEQAUTO, "demo-disk", disk, *size), check=True, stdout=subprocess.DEVNULL)
    print(f"{given.runs} runs of {given.samples} samples, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(dir=given.directory) as folder:
        bench = Bench(Path(folder), disk, given.latency_ms)
        here = bench.home("here", f'path = "{disk}"')
        there = bench.home("there", f'path = "{disk}"\nlist_file = "{bench.list_file}"')
        bench.ask(there)
        for number in (1, 2):
            rows = {
                f"listed from here, {given.latency_ms:g} ms a call": bench.scan(here, number),
                "listed by its server, QC contents included": bench.make_list(),
                "the list taken by a scan": bench.scan(there, number),
            }
            for name, took in rows.items():
                print(f"{name:<48} {took.seconds:8.1f} s, of a processor {took.processor:8.1f} s")
        print(f"the list: {bench.list_file.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
