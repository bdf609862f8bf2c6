import random
import sys
import time

import pytest

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sample_sheet import SheetSample, parse_sample_sheet
from seqauto_pipeline.core.sheet_changes import compare_sheets
from seqauto_pipeline.core.sheet_codes import RULES
from seqauto_pipeline.core.sheet_rules import FlowcellFacts, judge
from seqauto_pipeline_tests.sheet_mutations import huge, mutated, seeds

FLOWCELL = FlowcellFacts(8, (8, 8))


def limit(seconds: float) -> float:
    """Allow for a tracer, which coverage installs, and for the neighbours of a busy machine."""
    return seconds * (8 if sys.gettrace() else 2)


def read_and_judge(data: bytes) -> tuple[SheetSample, ...]:
    """Check what holds for every file: samples, or an error that says why there are none."""
    parsed = parse_sample_sheet(data)
    problems = parsed.problems
    if parsed.sheet is None:
        assert any(problem.severity is Severity.ERROR for problem in problems)
        samples: tuple[SheetSample, ...] = ()
    else:
        problems += judge(parsed.sheet, FLOWCELL)
        samples = parsed.sheet.samples
        assert samples
    for problem in problems:
        assert problem.code in RULES
        assert shown(problem.message) == problem.message
        assert len(problem.message) < 1500
    for sample in samples:
        assert sample.sample_id
        assert sample.sample_name
    return samples


def test_a_broken_sheet_gives_samples_or_an_error_and_never_an_exception():
    chance = random.Random(20)
    known = seeds()

    for _ in range(2000):
        samples = read_and_judge(mutated(chance.choice(known), known, chance))

        assert compare_sheets(samples, samples).lines == ()


@pytest.mark.parametrize("seed", range(6))
def test_a_sheet_of_ten_megabytes_takes_its_time_and_no_more(seed):
    data = huge(random.Random(seed))
    start = time.process_time()

    read_and_judge(data)

    assert time.process_time() - start < limit(2)


@pytest.mark.parametrize(("lanes", "seconds"), [([1], 0.05), (range(1, 9), 0.15)])
def test_a_full_flowcell_is_read_and_judged_at_once(lanes, seconds):
    chance = random.Random(1)
    bases = ["".join(chance.choices("ACGT", k=20)) for _ in range(384)]
    rows = [
        f"{lane},S{number},N{number},{both[:10]},{both[10:]},P"
        for lane in lanes
        for number, both in enumerate(bases)
    ]
    head = "[Data]\nLane,Sample_ID,Sample_Name,index,index2,Sample_Project\n"
    data = (head + "\n".join(rows)).encode()
    took = []
    for _ in range(5):
        start = time.process_time()
        read_and_judge(data)
        took.append(time.process_time() - start)

    assert min(took) < limit(seconds)


def test_twenty_thousand_rows_in_one_lane_are_not_compared_each_with_each():
    chance = random.Random(1)
    rows = [
        f"1,S{number},{''.join(chance.choices('ACGT', k=10))},{''.join(chance.choices('AC', k=8))}"
        for number in range(20_000)
    ]
    data = ("[Data]\nLane,Sample_ID,index,index2\n" + "\n".join(rows)).encode()
    start = time.process_time()

    read_and_judge(data)

    assert time.process_time() - start < limit(3)
