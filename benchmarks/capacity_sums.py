"""What a disk of any size takes, worked out from what one run takes: the table of docs/capacity.md.

.venv/bin/python benchmarks/capacity_sums.py
"""

from collections.abc import Iterator
from dataclasses import dataclass

FILES = (1_000_000, 10_000_000, 100_000_000)
LATENCIES_MS = (0.0, 0.1, 1.0, 5.0)  # of each call on the disk
HOUR = 3600


@dataclass(frozen=True, slots=True)
class RunCosts:
    """What one run of 24 samples takes on two cores, measured: docs/capacity.md says how."""

    files: int = 218
    first_seconds: float = 0.040  # listed, its QC files read, its models stored
    first_waits: float = 41.0  # calls on the disk that follow each other; the others go on beside
    listing_waits: float = 30.6  # of these in the listing: 490 calls, 8 threads in 2 processes
    cold_seconds: float = 0.00066  # taken as it was, for nothing has changed
    cold_waits: float = 2.3  # 18.1 calls, 8 threads
    database_kilobytes: float = 132.6
    record_kilobytes: float = 6.0  # in the file list of a full scan
    kept_kilobytes: float = 0.064  # in that of the others
    memory_kilobytes: float = 1.8  # of the scan's process, beside what it takes for no run at all


ONE_RUN = RunCosts()


def first_scan(runs: float, latency_ms: float, costs: RunCosts = ONE_RUN) -> float:
    """Seconds of a first scan, beside those of an empty job."""
    return runs * (costs.first_seconds + costs.first_waits * latency_ms / 1000)


def listing_wait(runs: float, latency_ms: float, costs: RunCosts = ONE_RUN) -> float:
    """Seconds that a first scan's listing waits for the disk."""
    return runs * costs.listing_waits * latency_ms / 1000


def rescan(runs: float, latency_ms: float, costs: RunCosts = ONE_RUN) -> float:
    """Seconds of a rescan of cold runs that have not changed, beside those of an empty job."""
    return runs * (costs.cold_seconds + costs.cold_waits * latency_ms / 1000)


def time_table() -> str:
    lines = ["| files | runs | ms a call | first scan | rescan |", "|---:|---:|---:|---:|---:|"]
    for files in FILES:
        runs = files / ONE_RUN.files
        for latency in LATENCIES_MS:
            first, again = _told(first_scan(runs, latency)), _told(rescan(runs, latency))
            lines.append(f"| {files:,} | {_rounded(runs):,} | {latency:g} | {first} | {again} |")
    return "\n".join(lines)


def size_table() -> str:
    lines = [
        "| files | runs | database | file list of a full scan | of each other scan | memory |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    return "\n".join((*lines, *_sizes()))


def _sizes() -> Iterator[str]:
    for files in FILES:
        runs, costs = files / ONE_RUN.files, ONE_RUN
        kilobytes = (
            costs.database_kilobytes,
            costs.record_kilobytes,
            costs.kept_kilobytes,
            costs.memory_kilobytes,
        )
        sizes = " | ".join(_size(runs * each) for each in kilobytes)
        yield f"| {files:,} | {_rounded(runs):,} | {sizes} |"


def _rounded(runs: float) -> int:
    return int(round(runs, -2) if runs < 100_000 else round(runs, -3))


def _told(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"


def _size(kilobytes: float) -> str:
    megabytes = kilobytes / 1024
    if megabytes < 10:
        return f"{megabytes:.1f} MB"
    return f"{megabytes:.0f} MB" if megabytes < 1024 else f"{megabytes / 1024:.1f} GB"


if __name__ == "__main__":
    print(f"{time_table()}\n\n{size_table()}")
