"""Which layout comes closest to a disk that none fits."""

from dataclasses import replace

from seqauto_pipeline.core.file_list import RootListing, RunListing
from seqauto_pipeline.core.verdict.closest_layout import Attempt, closest_of, fits
from seqauto_pipeline.core.verdict.layout_trial import LayoutTrial, make_trial
from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline_tests.core.runs import LAB, WHOLE, run_with

OTHER = replace(LAB, name="other")


def trial(*runs: RunListing) -> LayoutTrial:
    root = RootListing("/disk", "small", ("kit",), tuple(run.path for run in runs), ())
    return make_trial(root, runs, LAB, SheetPolicy(), most=10)


def whole(path: str = "kit/a") -> RunListing:
    return run_with(path=path)


def without(*left_out: str) -> RunListing:
    return run_with([path for path in WHOLE if path not in left_out], path="kit/a")


def test_a_layout_fits_that_finds_half_of_what_it_expects_of_whole_runs():
    assert fits(trial(whole()))
    assert not fits(trial(run_with((), path="kit/a")))
    assert not fits(trial(run_with(["done"], path="kit/a")))


def test_the_layout_that_finds_most_files_comes_closest():
    attempts = [
        Attempt(OTHER, 2, trial(run_with(["done"], path="kit/a"))),
        Attempt(LAB, 2, trial(without("bam/S1.bam"))),
    ]

    closest = closest_of(attempts)

    assert closest is not None
    assert (closest.name, closest.runs) == (LAB.name, 1)
    assert closest.differences == ("bam: 1 of 2 not where it expects them, as kit/a/bam/S1.bam",)


def test_of_two_that_find_the_same_the_one_at_its_own_depth_comes_closest():
    attempts = [Attempt(OTHER, 3, trial(whole())), Attempt(LAB, 2, trial(whole()))]

    closest = closest_of(attempts)

    assert closest is not None
    assert (closest.name, closest.differences) == (LAB.name, ())


def test_it_is_said_what_differs():
    runs = (
        run_with(["bam/x"], path="kit/a"),
        run_with([*WHOLE, "bam/stray"], path="kit/b"),
        run_with(list(WHOLE), sheet=None, path="kit/c"),
    )

    closest = closest_of([Attempt(LAB, 3, trial(*runs))])

    assert closest is not None
    assert closest.differences == (
        "run folders lie 3 levels below the root, and its run_depth is 2",
        "1 run folder incomplete: the completion marker is done",
        "1 run folder error: the sample sheet is SampleSheet.csv",
        "1 file in its directories that it does not explain, as kit/b/bam/stray",
    )


def test_without_run_folders_no_layout_is_closest():
    assert closest_of([Attempt(LAB, 2, trial())]) is None
