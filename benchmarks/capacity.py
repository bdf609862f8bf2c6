"""What one machine does: scans of disks that are not there, and what follows for larger ones.

    .venv/bin/python benchmarks/capacity.py --runs 1000 10000 100000

Each size gets a first scan, an unchanged rescan and one after 1 % of the runs have changed, stage
by stage in one process: seconds, processor time and the most memory, which every stage begins anew.
The QC files of runs are not read, for there are none; what reading them takes is measured by
scan.py.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from made_up_disk import VARIABLE, MadeUpDisk, MadeUpWalk, make_templates

from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.scan import walking
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import create_models, parse_sample_sheets, scan_files
from seqauto_pipeline.settings import load_settings

HERE = Path(__file__).parent
ROOT = "/a/disk/that/is/not/there"
LAYOUT = "without_contents.toml"


@dataclass(frozen=True, slots=True)
class StageCost:
    """What one stage of a scan took."""

    runs: int
    work: str
    stage: str
    seconds: float
    cpu_seconds: float  # of both processes
    peak_megabytes: float  # of this process
    second_megabytes: float  # of the second process, the most so far in this scan
    record_megabytes: float | None = None


WORKS = {"first scan": 0, "rescan, unchanged": 0, "rescan, 1 % changed": 100}  # one run in so many


def prepare(home: Path, runs: int, samples: int, latency: float) -> None:
    """Describe the disk, and the settings that scan it."""
    tau = (HERE.parent / "seqauto_pipeline/layouts/tau.toml").read_text()
    lines = [line for line in tau.splitlines() if not line.startswith(("content =", "values ="))]
    (home / LAYOUT).write_text("\n".join(lines) + "\n")
    (home / "seqauto.toml").write_text(
        f'scan_roots = ["{ROOT}"]\nlayout = "{home / LAYOUT}"\nbackup_hours = 0\n'
    )
    templates = make_templates(load_layout(str(home / LAYOUT)), samples)
    for every in WORKS.values():
        disk = MadeUpDisk(ROOT, runs, templates, every, latency)
        disk.write(home / f"disk-{every}.pickle")


def scan_once(work: str, runs: int, home: Path) -> Iterator[StageCost]:
    """Scan the disk in this process, which is used for nothing else."""
    vars(walking)["RootWalk"] = MadeUpWalk
    settings, scan, request = load_settings(), str(uuid.uuid4()), ScanRequest()
    stages: dict[str, Callable[[], object]] = {
        "scan_files": lambda: scan_files(settings, home, scan, request),
        "parse_sample_sheets": lambda: parse_sample_sheets(settings, home, scan, scan),
        "create_models": lambda: create_models(settings, home, scan, scan, request),
    }
    for name, stage in stages.items():
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        began, cpu = time.perf_counter(), _cpu_seconds()
        stage()
        seconds, cpu_seconds = time.perf_counter() - began, _cpu_seconds() - cpu
        record = (home / "scans" / f"{scan}.jsonl.gz").stat().st_size / 2**20
        size = record if name == "scan_files" else None
        second = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        peak = _peak_megabytes()
        yield StageCost(runs, work, name, seconds, cpu_seconds, peak, second, size)


def _cpu_seconds() -> float:
    of = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in of)


def _peak_megabytes() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def measure(options: argparse.Namespace) -> Iterator[StageCost]:
    for runs in options.runs:
        with tempfile.TemporaryDirectory(prefix="capacity-", dir=options.directory) as folder:
            home = Path(folder)
            prepare(home, runs, options.samples, options.latency_ms / 1000)
            for work, every in WORKS.items():
                yield from _in_a_process(work, runs, home, home / f"disk-{every}.pickle")


def _in_a_process(work: str, runs: int, home: Path, disk: Path) -> Iterator[StageCost]:
    environment = os.environ | {
        "DAGSTER_HOME": str(home),
        "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}",  # for the second process
        VARIABLE: str(disk),
    }
    command = [sys.executable, __file__, "--runs", str(runs), "--in", str(home), "--work", work]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    for line in done.stdout.splitlines():
        cost = StageCost(**json.loads(line))
        print(cost, file=sys.stderr)
        yield cost


def table(costs: list[StageCost]) -> str:
    lines = [
        "| runs | work | stage | s | CPU s | peak MB | second process MB | record MB |",
        "|---:|---|---|---:|---:|---:|---:|---:|",
    ]
    for each in costs:
        size = "" if each.record_megabytes is None else f"{each.record_megabytes:.2f}"
        lines.append(
            f"| {each.runs:,} | {each.work} | {each.stage} | {each.seconds:.1f} | "
            f"{each.cpu_seconds:.1f} | {each.peak_megabytes:.0f} | {each.second_megabytes:.0f} | "
            f"{size} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--latency-ms", type=float, default=0.0, help="of each call on the disk")
    parser.add_argument("--directory", type=Path, help="for the databases; default: temporary")
    parser.add_argument("--in", dest="home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.home is None:
        print(table(list(measure(options))))
        return
    for cost in scan_once(options.work, options.runs[0], options.home):
        print(json.dumps(asdict(cost)), flush=True)


if __name__ == "__main__":
    main()
