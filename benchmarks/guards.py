"""What it costs a scan to be guarded: lock, number, watch, and the second process's heartbeat.

    .venv/bin/python benchmarks/guards.py --runs 200 --samples 24 --repeat 5 [--database URL]

Scans with and without take turns in one run, so that a machine whose pace changes slows both down.
Processor time is compared pair by pair, and that of the guards alone is measured within each scan,
which other work on the machine disturbs less. Statements, and system calls by strace, are counted.
"""

import re
import resource
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo_disks import cold_demo_disk, options_of_two_arms
from scan import Bench, Stages, fresh_bench

GUARDED = "--guarded"
WORKS = ("first scan", "rescan, unchanged")


@dataclass(frozen=True, slots=True)
class Pair:
    """Processor seconds of one scan without, and of one with all that guards it."""

    bare: float
    guarded: float
    guards: float  # of that, what the guards took by their own account

    @property
    def percent(self) -> float:
        return 100 * (self.guarded / self.bare - 1)


@dataclass(frozen=True, slots=True)
class Calls:
    """System calls of a scan and its second process, and how many of them are heartbeats."""

    all: int
    heartbeats: int


def measured(directory: Path, disk: Path, url: str | None, turn: int) -> Iterator[tuple[str, Pair]]:
    """Scan twice with and twice without, side by side; who begins changes from turn to turn."""
    order = ((), (GUARDED,)) if turn % 2 else ((GUARDED,), ())
    with fresh_bench(directory, disk, url) as one, fresh_bench(directory, disk, url) as other:
        for work in WORKS:
            took = {
                options: timed(bench, options)
                for options, bench in zip(order, (one, other), strict=True)
            }
            bare, _ = took[()]
            yield work, Pair(bare, *took[(GUARDED,)])


def timed(bench: Bench, options: tuple[str, ...], **more: str) -> tuple[float, float]:
    """Give the processor seconds of a scan with all its processes, and those of its guards."""
    before = _of_children()
    stages = bench.stages(*options, **more)
    return _of_children() - before, stages.get("guards", {}).get("seconds", 0.0)


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def counted(directory: Path, disk: Path, url: str | None) -> Iterator[str]:
    """Count statements and system calls of each work, with and without."""
    for options in ((), (GUARDED,)):
        with fresh_bench(directory, disk, url) as bench:
            for work in WORKS:
                stages, calls = _traced(bench, options)
                statements = sum(int(each["statements"]) for each in stages.values())
                name = f"{work}, {'guarded' if options else 'bare'}"
                yield (f"| {name} | {statements} | {calls.all} | {calls.heartbeats} |")


def _traced(bench: Bench, options: tuple[str, ...]) -> tuple[Stages, Calls]:
    with tempfile.NamedTemporaryFile() as trace:
        stages = bench.stages(*options, prefix=("strace", "-f", "-qq", "-o", trace.name))
        with Path(trace.name).open(errors="replace") as lines:
            calls = [line for line in lines if " resumed>" not in line and "(" in line]
    return stages, Calls(
        len(calls), sum(re.search(r'write\(\d+, "\.", 1', each) is not None for each in calls)
    )


def main() -> None:
    options = options_of_two_arms(__doc__, 200, 5)
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        disk = Path(folder) / "disk"
        cold_demo_disk(disk, options.runs, options.samples)
        pairs: dict[str, list[Pair]] = {work: [] for work in WORKS}
        for turn in range(options.repeat):
            for work, pair in measured(Path(folder), disk, options.database, turn):
                pairs[work].append(pair)
                print(f"{work}: {pair.bare:.2f} s, guarded {pair.guarded:.2f} s", flush=True)
        print("\n".join(_rows(pairs)))
        if shutil.which("strace") is not None:
            print("| work | statements | system calls | of them heartbeats |\n|---|---:|---:|---:|")
            print("\n".join(counted(Path(folder), disk, options.database)))


def _rows(pairs: dict[str, list[Pair]]) -> Iterator[str]:
    yield "| work | bare, s of processor time | guarded, s | more, of the pairs | guards alone |"
    yield "|---|---:|---:|---:|---:|"
    for work, found in pairs.items():
        bare = statistics.median(each.bare for each in found)
        guarded = statistics.median(each.guarded for each in found)
        more = statistics.median(each.percent for each in found)
        alone = statistics.median(100 * each.guards / each.guarded for each in found)
        yield f"| {work} | {bare:.2f} | {guarded:.2f} | {more:+.1f} % | {alone:.2f} % |"


if __name__ == "__main__":
    main()
