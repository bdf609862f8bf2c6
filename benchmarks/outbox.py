"""What the outbox adds to a scan, and how long a dry run of all that waits takes.

    .venv/bin/python benchmarks/outbox.py --runs 1000 --samples 24 --repeat 5 [--database URL]

Scans with and without a receiver take turns in one run, so that a machine whose pace changes slows
both down; who begins changes from turn to turn. No server is spoken to. The least processor time of
each is what other work on the machine disturbed least.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from demo_disks import cold_demo_disk, options_of_two_arms
from guards import timed
from scan import SEQAUTO, Bench, fresh_bench

WORKS = ("first scan", "rescan, unchanged", "rescan, unchanged, again")
RECEIVER = {
    "SEQAUTO_VARIANTGRID_URL": "http://127.0.0.1:9",
    "SEQAUTO_VARIANTGRID_TOKEN": "none",
    "SEQAUTO_DELIVERY_ALIGNERS": '[{name="BWA", version="1"}]',
    "SEQAUTO_DELIVERY_VARIANT_CALLERS": '[{name="GATK", version="1"}]',
}
OFF: dict[str, str] = {}


def measured(
    directory: Path, disk: Path, url: str | None, turn: int
) -> Iterator[tuple[str, str, float]]:
    """Give work, arm and processor seconds of the scans of one turn, then those of a dry run."""
    arms = [("off", OFF), ("on", RECEIVER)]
    with ExitStack() as stack:
        benches = {name: stack.enter_context(fresh_bench(directory, disk, url)) for name, _ in arms}
        for number, work in enumerate(WORKS):
            for name, more in arms if (turn + number) % 2 else reversed(arms):
                seconds, _ = timed(benches[name], (), **more)
                yield work, name, seconds
        yield "dry run, clock", "on", _dry_run(benches["on"])


def _dry_run(bench: Bench) -> float:
    began = time.perf_counter()
    bench.run((SEQAUTO, "deliver", "--dry-run"), **RECEIVER)
    return time.perf_counter() - began


def main() -> None:
    options = options_of_two_arms(__doc__, 1000, 3)
    with tempfile.TemporaryDirectory(prefix="outbox-") as folder:
        disk = Path(folder) / "disk"
        cold_demo_disk(disk, options.runs, options.samples)
        took: dict[str, dict[str, list[float]]] = {}
        for turn in range(options.repeat):
            for work, arm, seconds in measured(Path(folder), disk, options.database, turn):
                took.setdefault(work, {}).setdefault(arm, []).append(seconds)
                print(f"turn {turn + 1}, {work}, {arm}: {seconds:.2f} s", flush=True)
        print("\n".join(_rows(took)))


def _rows(took: Mapping[str, Mapping[str, list[float]]]) -> Iterator[str]:
    yield "| work | off, s of processor time | on, s | least, more | medians, more |"
    yield "|---|---:|---:|---:|---:|"
    for work, arms in took.items():
        on, off = arms["on"], arms.get("off")
        if off is None:
            yield f"| {work} | | {min(on):.2f} | | |"
            continue
        least = _more(min(on), min(off))
        middle = _more(statistics.median(on), statistics.median(off))
        yield f"| {work} | {min(off):.2f} | {min(on):.2f} | {least} | {middle} |"


def _more(on: float, off: float) -> str:
    return f"{100 * (on / off - 1):+.1f} %"


if __name__ == "__main__":
    main()
