import pytest

from seqauto_pipeline.core.beside import is_for_outputs, own_directory, path_from, split_ups


@pytest.mark.parametrize(
    ("folder", "path", "full"),
    [
        ("/data/runs/R", "", "/data/runs/R"),
        ("/data/runs/R", "a/b", "/data/runs/R/a/b"),
        ("/data/runs/R", "..", "/data/runs"),
        ("/data/runs/R", "../R_fastq", "/data/runs/R_fastq"),
        ("/data/runs/R", "../../fastq/R", "/data/fastq/R"),
        ("/data/runs/R", "..a/../b", "/data/runs/R/..a/../b"),
        ("/R", "../R_fastq", "/R_fastq"),
        ("/R", "..", "/"),
        ("runs/R", "../../fastq/R", "fastq/R"),
    ],
)
def test_a_path_goes_up_by_name(folder: str, path: str, full: str):
    assert path_from(folder, path) == full


def test_the_levels_that_a_path_goes_up_are_told_from_the_rest():
    assert split_ups("../../fastq/R") == (2, "fastq/R")
    assert split_ups("fastq/..") == (0, "fastq/..")


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("../{sequencing_run}_fastq/Reports", "../{sequencing_run}_fastq"),
        ("../../fastq/{flowcell_id}/x_{sequencing_run}", "../../fastq/{flowcell_id}"),
        ("../fastq", None),
    ],
)
def test_the_directory_of_a_run_ends_with_its_name(path: str, own: str | None):
    assert own_directory(path) == own


@pytest.mark.parametrize(
    ("path", "own", "depth", "is_one"),
    [
        ("kit/R_fastq", "../{sequencing_run}_fastq", 2, True),
        ("kit/R", "../{sequencing_run}_fastq", 2, False),
        ("kit", "../{sequencing_run}_fastq", 2, False),
        ("R_fastq", "../../{sequencing_run}_fastq", 2, True),
        ("R_fastq", "../{sequencing_run}_fastq", 2, False),
        ("fastq/R", "../../fastq/{sequencing_run}", 2, True),
        ("runs/R", "../../fastq/{sequencing_run}", 2, False),
        ("fastq", "../../fastq/{sequencing_run}", 2, False),  # other directories may be runs
        ("kit/fastq", "../fastq/{sequencing_run}", 2, True),  # where run folders are looked for
        ("a/fastq/R", "../../fastq/{sequencing_run}", 3, True),
        ("a/fastq", "../../fastq/{sequencing_run}", 3, False),
    ],
)
def test_a_directory_beside_runs_is_known_by_its_place(
    path: str, own: str, depth: int, *, is_one: bool
):
    assert is_for_outputs(path, own, depth) is is_one
