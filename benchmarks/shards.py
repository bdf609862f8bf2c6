"""What workers gain on the shards of a scan.

    .venv/bin/python benchmarks/shards.py --runs 400 --samples 24 --shard 50 --us 1000 --repeat 3

Prints the seconds of listing all shards with 1, 2 and 4 workers, on a disk each of whose calls
takes --us microseconds more and on one without; and those of a first scan without that latency, by
one process without its second one, and by 2 workers. Each is the least of --repeat turns, taken in
turn. Workers have imported everything before the clock starts, as those of Celery have.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo_disks import demo_disk
from scan import bad_disk

from seqauto_pipeline.db.fence import Fence, take_fence
from seqauto_pipeline.db.migrate import prepare_for_scan
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.shards.building import build_shard, cut_models, finish_models
from seqauto_pipeline.scan.shards.files import ShardFiles
from seqauto_pipeline.scan.shards.listing import find_files, gather_files, list_shard
from seqauto_pipeline.settings import Settings, database_url_for, load_settings

LIST, BUILD = "list", "build"


@dataclass(frozen=True, slots=True)
class Bench:
    """A disk to scan, and in what shards."""

    folder: Path
    disk: Path
    shard: int

    def settings(self, home: Path) -> Settings:
        names = {"SEQAUTO_SCAN_ROOTS": str(self.disk), "SEQAUTO_RUNS_PER_SHARD": str(self.shard)}
        return load_settings({"DAGSTER_HOME": str(home), **names})


@dataclass(frozen=True, slots=True)
class Begun:
    """A scan whose run folders have been found."""

    bench: Bench
    home: Path
    fence: Fence
    shards: int

    @property
    def settings(self) -> Settings:
        return self.bench.settings(self.home)

    def listed(self, workers: int, environ: dict[str, str]) -> float:
        with working(self, LIST, self.shards, workers, environ) as go:
            return go()

    def built(self, workers: int) -> float:
        """Give the seconds of all that comes after the listing."""
        began = time.perf_counter()
        arguments = self.settings, self.home, self.fence.scan
        gather_files(*arguments, self.fence)
        shards = cut_models(*arguments, self.fence.scan, ScanRequest(), fence=self.fence)
        assert isinstance(shards, int)
        seconds = time.perf_counter() - began
        with working(self, BUILD, shards, workers, {}) as go:
            seconds += go()
        began = time.perf_counter()
        finish_models(*arguments, self.fence.scan, ScanRequest(), shards, self.fence)
        return seconds + time.perf_counter() - began


@contextmanager
def begun(bench: Bench) -> Iterator[Begun]:
    scan, home = str(uuid.uuid4()), bench.folder / "home"
    home.mkdir()
    settings = bench.settings(home)
    engine = open_database(database_url_for(settings, home))
    prepare_for_scan(engine)
    fence = take_fence(engine, scan)
    engine.dispose()
    _, shards = find_files(settings, home, scan, ScanRequest(), fence=fence)
    try:
        yield Begun(bench, home, fence, shards)
    finally:
        shutil.rmtree(home)


@contextmanager
def working(
    scan: Begun, work: str, shards: int, workers: int, environ: dict[str, str]
) -> Iterator[Callable[[], float]]:
    """Start workers that are ready to work; what is given lets them, and tells the seconds."""
    processes = []
    for worker in range(workers):
        what = {
            "work": work,
            "home": str(scan.home),
            "disk": str(scan.bench.disk),
            "shard": scan.bench.shard,
            "scan": scan.fence.scan,
            "number": scan.fence.number,
            "shards": list(range(worker, shards, workers)),
        }
        processes.append(
            subprocess.Popen(
                [sys.executable, __file__, "--worker", json.dumps(what)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **environ},
            )
        )

    def go() -> float:
        for each in processes:
            assert each.stdout is not None
            each.stdout.readline()
        began = time.perf_counter()
        for each in processes:
            assert each.stdin is not None
            each.stdin.write(b"go\n")
            each.stdin.close()
        assert not any(each.wait() for each in processes)
        return time.perf_counter() - began

    try:
        yield go
    finally:
        for each in processes:
            each.kill()
            each.wait()


def be_a_worker(what: dict[str, object]) -> None:
    home, scan = Path(str(what["home"])), str(what["scan"])
    bench = Bench(home.parent, Path(str(what["disk"])), int(str(what["shard"])))
    settings, fence = bench.settings(home), Fence(int(str(what["number"])), scan)
    print("ready", flush=True)
    sys.stdin.readline()
    numbers = what["shards"]
    assert isinstance(numbers, list)
    for number in numbers:
        if what["work"] == LIST:
            list_shard(settings, home, scan, number, is_alone=False)
        else:
            build_shard(settings, home, scan, number, fence, is_alone=False)


def listings(bench: Bench, us: int, repeat: int) -> None:
    """Print the seconds of listing by workers, with a latency."""
    library = bad_disk(bench.folder)
    slow = {"LD_PRELOAD": str(library), "SLOW_DISK": str(bench.disk), "SLOW_DISK_US": str(us)}
    least: dict[int, float] = {}
    with begun(bench) as scan:
        for _ in range(repeat):
            for workers in (1, 2, 4):
                seconds = scan.listed(workers, slow if us else {})
                least[workers] = min(seconds, least.get(workers, seconds))
                for path in ShardFiles(scan.home, scan.fence.scan).folder.glob("listed-*"):
                    path.unlink()
    for workers, seconds in least.items():
        gain = least[1] / seconds
        print(f"listing, {us} us more a call, {workers} workers: {seconds:.2f} s, {gain:.2f} x one")


def first_scans(bench: Bench, repeat: int) -> None:
    """Print the seconds of a first scan by one worker and by two."""
    least: dict[int, float] = {}
    for _ in range(repeat):
        for workers in (1, 2):
            with begun(bench) as scan:
                seconds = scan.listed(workers, {}) + scan.built(workers)
                least[workers] = min(seconds, least.get(workers, seconds))
    for workers, seconds in least.items():
        print(f"first scan, {workers} workers: {seconds:.2f} s, {least[1] / seconds:.2f} x one")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--shard", type=int, default=50, help="runs in a shard")
    parser.add_argument("--us", type=int, default=1000, help="latency of each call")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        be_a_worker(json.loads(options.worker))
        return
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="seqauto-shards-") as name:
        bench = Bench(Path(name), Path(name) / "disk", options.shard)
        demo_disk(bench.disk, options.runs, options.samples)
        listings(bench, options.us, options.repeat)
        listings(bench, 0, options.repeat)
        first_scans(bench, options.repeat)


if __name__ == "__main__":
    main()
