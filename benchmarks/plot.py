"""Draws the cost of scans against the size of the disk, from what ``scan.py --json`` wrote.

    .venv/bin/python benchmarks/scan.py --runs 10 100 1000 --json cost.json
    .venv/bin/python benchmarks/plot.py cost.json docs/pictures/cost.svg

Needs matplotlib: ``pip install -e .[bench]``.
"""

import json
import sys
from pathlib import Path

from matplotlib.figure import Figure

LINES = ("first scan", "rescan, unchanged", "rescan, 1 % changed", "find -printf '%p %s %T@'")


def draw(rows: list[dict[str, str | float]], machine: str) -> Figure:
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log", title=f"Cost of a scan ({machine})")
    for work in LINES:
        points = sorted(
            (float(row["runs"]), float(row["seconds"])) for row in rows if row["work"] == work
        )
        axes.plot(*zip(*points, strict=True), marker="o", label=work)
    empty = [float(row["seconds"]) for row in rows if row["work"] == "empty job"]
    axes.axhline(min(empty), linestyle=":", color="grey", label="empty Dagster job")
    axes.set(xlabel="sequencing runs of 24 samples", ylabel="seconds, whole process")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend()
    return figure


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    measured = json.loads(source.read_text())
    target.parent.mkdir(parents=True, exist_ok=True)
    draw(measured["rows"], measured["machine"]).savefig(target)


if __name__ == "__main__":
    main()
