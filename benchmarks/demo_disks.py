"""Disks for benchmarks that compare two arms: written once, cold, and in the page cache."""

import argparse
import os
import subprocess
import time
from pathlib import Path

from seqauto_pipeline.demo_disk import DemoDisk, DemoOptions, write_demo_disk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.settings import Settings


def demo_disk(disk: Path, runs: int, samples: int, seed: int = 1) -> DemoDisk:
    """Write a disk of the reference layout."""
    marker = str(Settings.model_fields["skip_marker"].default)
    demo = DemoOptions(runs, samples, seed=seed)
    return write_demo_disk(disk, demo, load_layout("tau"), skip_marker=marker)


def cold_demo_disk(disk: Path, runs: int, samples: int) -> None:
    """Write a disk none of whose runs still changes, and read it once."""
    demo_disk(disk, runs, samples)
    make_cold(disk)
    read_all(disk)


def make_cold(disk: Path) -> None:
    """Set back the times of what was changed lately: no run is one that still changes."""
    long_ago = time.time() - 2 * 86400 * Settings.model_fields["cold_after_days"].default
    for folder, _, names in os.walk(disk, topdown=False):
        for path in (*(f"{folder}/{name}" for name in names), folder):
            if os.lstat(path).st_mtime > long_ago:
                os.utime(path, (long_ago, long_ago), follow_symlinks=False)


def read_all(disk: Path) -> None:
    """Have the page cache hold the disk, as far as the system lets it."""
    words = ("find", str(disk), "-type", "f", "-exec", "cat", "{}", "+")
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def options_of_two_arms(description: str, runs: int, repeat: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=runs)
    parser.add_argument("--samples", type=int, default=24)
    parser.add_argument("--repeat", type=int, default=repeat)
    parser.add_argument("--database", help="URL of a PostgreSQL server; else it is SQLite")
    return parser.parse_args()
