"""What workers gain on the shards of a scan.

    .venv/bin/python benchmarks/shards.py --runs 1000 --samples 24 --shard 50 --us 1000 --repeat 1

Prints the seconds of listing all shards with 1, 2 and 4 workers, on a disk each of whose calls
takes --us microseconds more and on one without; then those of a first scan without that latency: of
the whole in one process without its second one, and in shards by 1 and 2 workers, with what of it
is not done in shards. Each is the least of --repeat turns, taken in turn; beside it the processor
seconds of the workers in that turn, as the machine may have had other work. A worker takes the next
shard when it is done with one, and has imported everything before the clock starts, as those of
Celery do and have.
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
from seqauto_pipeline.scan.steps import create_models, parse_sample_sheets, scan_files
from seqauto_pipeline.settings import Settings, database_url_for, load_settings

LIST, BUILD, WHOLE = "list", "build", "whole"
_BYTES = 4  # of the number of a shard


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
class Took:
    """Seconds by the clock, those of processors, and how many by the clock were in no shard."""

    seconds: float
    processor: float
    whole: float = 0.0

    @classmethod
    def now(cls) -> "Took":
        return cls(time.perf_counter(), time.process_time())

    def of_the_whole(self) -> "Took":
        return Took(self.seconds, self.processor, self.seconds)

    def __add__(self, other: "Took") -> "Took":
        times = self.seconds + other.seconds, self.processor + other.processor
        return Took(*times, self.whole + other.whole)

    def __sub__(self, other: "Took") -> "Took":
        return Took(self.seconds - other.seconds, self.processor - other.processor)


@dataclass(frozen=True, slots=True)
class Begun:
    """A scan whose run folders have been found."""

    bench: Bench
    home: Path
    fence: Fence
    shards: int
    finding: Took

    @property
    def settings(self) -> Settings:
        return self.bench.settings(self.home)

    def listed(self, workers: int, environ: dict[str, str]) -> Took:
        with working(self, LIST, self.shards, workers, environ) as go:
            return go()

    def built(self, workers: int) -> Took:
        """Give what all takes that comes after the listing."""
        began = Took.now()
        arguments = self.settings, self.home, self.fence.scan
        gather_files(*arguments, self.fence)
        shards = cut_models(*arguments, self.fence.scan, ScanRequest(), fence=self.fence)
        assert isinstance(shards, int)
        before = Took.now() - began
        with working(self, BUILD, shards, workers, {}) as go:
            of_shards = go()
        began = Took.now()
        finish_models(*arguments, self.fence.scan, ScanRequest(), shards, self.fence)
        return of_shards + (Took.now() - began).of_the_whole() + before.of_the_whole()


@contextmanager
def begun(bench: Bench, *, in_shards: bool = True) -> Iterator[Begun]:
    scan, home = str(uuid.uuid4()), bench.folder / "home"
    home.mkdir()
    settings = bench.settings(home)
    engine = open_database(database_url_for(settings, home))
    prepare_for_scan(engine)
    fence = take_fence(engine, scan)
    engine.dispose()
    at, shards = Took.now(), 0
    if in_shards:
        _, shards = find_files(settings, home, scan, ScanRequest(), fence=fence)
    try:
        yield Begun(bench, home, fence, shards, (Took.now() - at).of_the_whole())
    finally:
        shutil.rmtree(home)


@contextmanager
def working(
    scan: Begun, work: str, shards: int, workers: int, environ: dict[str, str]
) -> Iterator[Callable[[], Took]]:
    """Start workers that are ready to work; what is given lets them, and tells what it took."""
    numbers, put = os.pipe()  # the numbers of shards, of which each worker takes the next
    os.write(put, b"".join(number.to_bytes(_BYTES, "little") for number in range(shards)))
    os.close(put)
    what = {
        "work": work,
        "home": str(scan.home),
        "disk": str(scan.bench.disk),
        "shard": scan.bench.shard,
        "scan": scan.fence.scan,
        "number": scan.fence.number,
        "numbers": numbers,
    }
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, "--worker", json.dumps(what)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environ},
            pass_fds=[numbers],
        )
        for _ in range(workers)
    ]
    os.close(numbers)

    def go() -> Took:
        for each in processes:
            assert each.stdout is not None
            each.stdout.readline()
        began = time.perf_counter()
        for each in processes:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.close()
        processor = sum(float(each.stdout.readline()) for each in processes if each.stdout)
        return Took(time.perf_counter() - began, processor)

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
    began = time.process_time()
    while number := os.read(int(str(what["numbers"])), _BYTES):
        do(str(what["work"]), settings, home, fence, int.from_bytes(number, "little"))
    print(time.process_time() - began, flush=True)


def do(work: str, settings: Settings, home: Path, fence: Fence, number: int) -> None:
    if work == LIST:
        list_shard(settings, home, fence.scan, number, is_alone=False)
    elif work == BUILD:
        build_shard(settings, home, fence.scan, number, fence, is_alone=False)
    else:
        os.cpu_count = lambda: 1  # so that it starts no second process
        scan_files(settings, home, fence.scan, ScanRequest(), fence=fence)
        parse_sample_sheets(settings, home, fence.scan, fence.scan, fence=fence)
        create_models(settings, home, fence.scan, fence.scan, ScanRequest(), fence=fence)


def listings(bench: Bench, us: int, repeat: int) -> None:
    """Print what listing by workers takes, with a latency."""
    library = bad_disk(bench.folder)
    slow = {"LD_PRELOAD": str(library), "SLOW_DISK": str(bench.disk), "SLOW_DISK_US": str(us)}
    turns: dict[str, list[Took]] = {}
    with begun(bench) as scan:
        for _ in range(repeat):
            for workers in (1, 2, 4):
                took = scan.listed(workers, slow if us else {})
                turns.setdefault(f"listing, {us} us more a call, {workers} workers", []).append(
                    took
                )
                for path in ShardFiles(scan.home, scan.fence.scan).folder.glob("listed-*"):
                    path.unlink()
    tell(turns)


def first_scans(bench: Bench, repeat: int) -> None:
    """Print what a first scan takes: of the whole, and by one worker and two."""
    turns: dict[str, list[Took]] = {}
    for _ in range(repeat):
        with begun(bench, in_shards=False) as scan, working(scan, WHOLE, 1, 1, {}) as go:
            turns.setdefault("first scan, whole, in one process", []).append(go())
        for workers in (1, 2):
            with begun(bench) as scan:
                took = scan.finding + scan.listed(workers, {}) + scan.built(workers)
                turns.setdefault(f"first scan, {workers} workers", []).append(took)
    tell(turns)


def tell(turns: dict[str, list[Took]]) -> None:
    """Print the least of the turns of each, and how many times as fast as the first it is."""
    first = None
    for what, all_turns in turns.items():
        least = min(all_turns, key=lambda took: took.seconds)
        first = first or least
        print(
            f"{what}: {least.seconds:.2f} s, {first.seconds / least.seconds:.2f} x the first; "
            f"{least.processor:.2f} s of processors, {least.whole:.2f} s in no shard"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--shard", type=int, default=50, help="runs in a shard")
    parser.add_argument("--us", type=int, default=1000, help="latency of each call")
    parser.add_argument("--repeat", type=int, default=1)
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
