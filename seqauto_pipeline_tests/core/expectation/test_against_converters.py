"""What is expected of a run, held against simulated converters over their flags."""

import os
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.file_list import InputRole, SmallInput
from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline.core.verdict.run_judgement import judge_run
from seqauto_pipeline.core.verdict.run_parsing import parse_run
from seqauto_pipeline_tests.core.expectation.drawn_conversions import (
    ILLUMINA,
    Made,
    of_bcl2fastq,
    of_bcl_convert,
    of_casava,
    of_mkfastq,
    of_the_miseq,
    run_info,
)
from seqauto_pipeline_tests.core.listings import NS, file_of, run_listing

FASTQ = re.compile(r"\.fastq\.(gz|ora)$")
EXAMPLES = int(os.environ.get("CONVERTER_EXAMPLES", "0"))  # of each converter and question
SEARCH = {  # the same sample each time, unless a number is asked for
    "deadline": None,
    "max_examples": EXAMPLES or 40,
    "derandomize": not EXAMPLES,
}


def expected_of(made: Made, there: frozenset[str]) -> set[str]:
    """Judge the run folder with these files, and give the FASTQ files that are expected of it."""
    inputs = {
        InputRole.SAMPLE_SHEET: SmallInput("SampleSheet.csv", made.sheet.encode(), NS),
        InputRole.RUN_INFO: SmallInput("RunInfo.xml", run_info(made.name, made.run).encode(), NS),
    }
    top = ("SampleSheet.csv", "RunInfo.xml", "RTAComplete.txt", "CopyComplete.txt")
    files = dict.fromkeys((*top, *there, *made.beside), file_of())
    listing = run_listing(files, inputs=inputs, path=f"kit/{made.name}")
    parsed = parse_run(listing, ILLUMINA, SheetPolicy())
    judgement = judge_run(listing, parsed, ILLUMINA, None)
    assert judgement.files_are_known
    return {file.path for file in judgement.expected if FASTQ.search(file.path)}


EVERY = {
    "bcl2fastq": of_bcl2fastq(),
    "BCL Convert": of_bcl_convert(),
    "cellranger mkfastq": of_mkfastq(),
    "MiSeq": of_the_miseq(),
    "CASAVA": of_casava(),
}


@pytest.mark.parametrize("converter", EVERY)
@settings(**SEARCH, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_exactly_the_files_that_a_converter_made_are_expected(
    converter: str, data: st.DataObject
) -> None:
    made = data.draw(EVERY[converter])

    assert expected_of(made, made.paths) == made.paths


@pytest.mark.parametrize("converter", EVERY)
@settings(
    **SEARCH,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_a_file_that_was_lost_stays_expected(converter: str, data: st.DataObject) -> None:
    made = data.draw(EVERY[converter])
    lost = data.draw(st.sampled_from(sorted(made.paths)))
    rest = made.paths - {lost}
    assume(of_same_sample(lost, rest) and shows_the_read(lost, rest))

    assert expected_of(made, rest) == made.paths


def of_same_sample(lost: str, rest: frozenset[str]) -> bool:
    """Tell whether another file of the sample is there: it shows how its files are called."""
    return any(_sample_part(path) == _sample_part(lost) for path in rest)


def shows_the_read(lost: str, rest: frozenset[str]) -> bool:
    """Tell whether another sample has that read: a mask that is not in the sheet shows there."""
    return any(
        _read_part(path) == _read_part(lost) and _sample_part(path) != _sample_part(lost)
        for path in rest
    )


def _sample_part(path: str) -> str:
    return re.sub(r"_(L\d{3}_)?[RI]\d_001\.fastq\.\w+$", "", path)


def _read_part(path: str) -> str:
    return path.rpartition("_001.")[0][-2:]


@pytest.mark.parametrize("converter", ["bcl2fastq", "BCL Convert", "MiSeq", "CASAVA"])
@settings(**SEARCH, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_before_anything_is_made_only_what_a_converter_would_make_is_expected(
    converter: str, data: st.DataObject
) -> None:
    made = data.draw(EVERY[converter])

    expected = expected_of(replace(made, beside=frozenset()), frozenset())

    assert frozenset(expected) in made.possible
