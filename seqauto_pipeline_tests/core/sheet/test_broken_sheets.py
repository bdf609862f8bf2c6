import random

import pytest

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.changes import compare_sheets
from seqauto_pipeline.core.sheet.codes import RULES
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.rules import FlowcellFacts, judge
from seqauto_pipeline.core.sheet.sample_sheet import SheetSample
from seqauto_pipeline_tests.sheet_mutations import huge, mutated, seeds

FLOWCELL = FlowcellFacts(8, (8, 8))


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
def test_a_sheet_of_ten_megabytes_is_read_or_refused(seed):
    data = huge(random.Random(seed))

    samples = read_and_judge(data)

    assert compare_sheets(samples, samples).lines == ()


def test_a_sheet_of_twenty_thousand_rows_is_read_whole():
    chance = random.Random(1)
    rows = [
        f"1,S{number},{''.join(chance.choices('ACGT', k=10))},{''.join(chance.choices('AC', k=8))}"
        for number in range(20_000)
    ]
    data = ("[Data]\nLane,Sample_ID,index,index2\n" + "\n".join(rows)).encode()

    samples = read_and_judge(data)

    assert len(samples) == 20_000
