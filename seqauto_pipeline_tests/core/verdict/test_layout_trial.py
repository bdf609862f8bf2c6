"""A layout tried on run folders, without any database."""

from dataclasses import replace

from seqauto_pipeline.core.file_list import RootListing
from seqauto_pipeline.core.verdict.layout_trial import LayoutTrial, make_trial
from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline_tests.core.listings import file_of, run_listing
from seqauto_pipeline_tests.core.runs import LAB, WHOLE, run_with

ROOT = RootListing("/disk", "small", ("kit",), ("kit/a", "kit/b", "kit/c", "kit/notes"), ())


def trial(*runs, most: int = 10, policy: SheetPolicy | None = None) -> LayoutTrial:
    return make_trial(ROOT, runs, LAB, policy or SheetPolicy(), most=most)


def test_runs_are_counted_by_state_and_what_is_none_is_told_apart():
    skipped = replace(run_listing(path="kit/c", skip_reason="marker"), directories={})

    found = trial(run_with(path="kit/a"), run_with((), path="kit/b"), skipped)

    assert found.runs == {"complete": 1, "incomplete": 1, "skipped": 1}
    assert found.other_directories == 1


def test_files_are_counted_by_type_and_state():
    files = {path: file_of() for path in WHOLE if path != "bam/S2.bam"}

    found = trial(run_with({**files, "bam/S1.bam": file_of(0)}, path="kit/a"))

    assert found.files == {
        ("bam", "error"): 1,
        ("bam", "non_existent"): 1,
        ("fastq", "complete"): 4,
        ("genes", "complete"): 2,
    }
    assert found.missed == (("bam", "kit/a/bam/S1.bam"), ("bam", "kit/a/bam/S2.bam"))


def test_files_that_nothing_explains_are_counted_and_some_are_named():
    strays = [f"bam/stray{n}" for n in range(5)]

    found = trial(run_with([*WHOLE, *strays], path="kit/a"), most=3)

    assert found.unexplained == tuple(f"kit/a/bam/stray{n}" for n in range(3))
    assert found.unexplained_count == 5


def test_examples_are_as_many_as_were_asked_for_over_all_runs():
    runs = [run_with(["done", "bam/x", "bam/y"], path=f"kit/{name}") for name in "abc"]

    found = trial(*runs, most=4)

    assert (len(found.missed), len(found.unexplained)) == (4, 4)
    assert found.unexplained_count == 6


def test_problems_are_counted_with_one_example_each():
    found = trial(run_with(sheet=None, path="kit/a"), run_with(sheet=None, path="kit/b"))

    assert found.problems["error", "SHEET_MISSING"] == 2
    assert found.examples["SHEET_MISSING"].path == "SampleSheet.csv"


def test_controls_are_expected_of_nobody():
    found = trial(run_with(path="kit/a"), policy=SheetPolicy(control_regex="S2"))

    assert found.files["bam", "complete"] == 1
    assert found.samples_left_out == 1
