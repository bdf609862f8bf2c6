"""Time the reading and judging of large sample sheets: benchmarks/sheets.py.

Prints processor seconds, the best and the median of several runs: machines are noisy.
"""

import random
import statistics
import time
from collections.abc import Iterable

from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.rules import FlowcellFacts, judge

FLOWCELL = FlowcellFacts(8, (10, 10))
RUNS = 7


def full_flowcell(lanes: Iterable[int]) -> bytes:
    """Make a sheet of 384 dual-indexed samples, each in all of these lanes."""
    chance = random.Random(1)
    bases = ["".join(chance.choices("ACGT", k=20)) for _ in range(384)]
    rows = [
        f"{lane},S{number},N{number},{both[:10]},{both[10:]},P"
        for lane in lanes
        for number, both in enumerate(bases)
    ]
    head = "[Data]\nLane,Sample_ID,Sample_Name,index,index2,Sample_Project\n"
    return (head + "\n".join(rows)).encode()


def one_crowded_lane(count: int) -> bytes:
    chance = random.Random(1)
    rows = [
        f"1,S{number},{''.join(chance.choices('ACGT', k=10))},{''.join(chance.choices('AC', k=8))}"
        for number in range(count)
    ]
    return ("[Data]\nLane,Sample_ID,index,index2\n" + "\n".join(rows)).encode()


def seconds_of(data: bytes) -> list[float]:
    taken = []
    for _ in range(RUNS):
        start = time.process_time()
        sheet = parse_sample_sheet(data).sheet
        if sheet is not None:
            judge(sheet, FLOWCELL)
        taken.append(time.process_time() - start)
    return taken


def main() -> None:
    sheets = {
        "384 samples in one lane": full_flowcell([1]),
        "384 samples in each of 8 lanes, 3,072 rows": full_flowcell(range(1, 9)),
        "20,000 rows in one lane": one_crowded_lane(20_000),
    }
    print(f"{'sheet':<60} {'best':>8} {'median':>8}  processor seconds of {RUNS} runs")
    for name, data in sheets.items():
        taken = seconds_of(data)
        print(f"{name:<60} {min(taken):>8.3f} {statistics.median(taken):>8.3f}")


if __name__ == "__main__":
    main()
