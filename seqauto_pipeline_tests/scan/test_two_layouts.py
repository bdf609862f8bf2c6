"""The shipped layouts go through the same code, in one scan where roots differ in theirs."""

from pathlib import Path

import pytest

import seqauto_pipeline
from seqauto_pipeline.layouts import load_layout, shipped_layouts
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, run_name

PACKAGE = Path(seqauto_pipeline.__file__).parent


def a_run(lab: Lab, layout: str, number: int = 1, kit: str = "kit_a") -> RunFolder:
    return RunFolder(lab.root, kit, run_name(number), layout=load_layout(layout))


@pytest.mark.parametrize("layout", shipped_layouts())
def test_a_run_lives_in_every_layout(layout: str, lab: Lab) -> None:
    lab.environ["SEQAUTO_LAYOUT"] = layout
    run, other = a_run(lab, layout).begin(), a_run(lab, layout, 2).complete()
    lab.scan()
    assert lab.run_states() == {run.path: "incomplete", other.path: "complete"}

    run.complete()
    lab.scan()
    assert set(lab.files(run.path).values()) == {"complete"}
    assert lab.messages(run.path) == ()

    run.remove("fastq", "S1", 2)
    lab.scan()
    assert lab.files(run.path)["fastq", "S1/R2"] == "deleted"
    assert lab.messages(run.path) == ("READ_WITHOUT_MATE", "FILES_DELETED")

    run.move("kit_b")
    lab.scan()
    assert lab.ledger(run.path, "fastq", "S1/R2") == ("complete", "deleted")

    run.delete()
    lab.scan(accept=(lab.root,))
    assert lab.run_states() == {run.path: "deleted", other.path: "complete"}


def test_roots_with_different_layouts_are_scanned_together(two_roots: Lab) -> None:
    lab, (first, second) = two_roots, two_roots.roots
    del lab.environ["SEQAUTO_SCAN_ROOTS"]
    (lab.home / "seqauto.toml").write_text(
        f'scan_roots = ["{first}", {{ path = "{second}", layout = "illumina" }}]\n'
    )
    one = a_run(lab, "tau").complete()
    two = RunFolder(second, "kit_b", run_name(2), layout=load_layout("illumina")).complete()

    lab.scan()

    assert lab.run_states() == {one.path: "complete", two.path: "complete"}
    assert len(lab.files(one.path)) == 15
    assert set(lab.files(two.path)) == {
        ("fastq", "S1/R1"), ("fastq", "S1/R2"), ("fastq", "S2/R1"), ("fastq", "S2/R2"),
    }  # fmt: skip
    assert lab.sequencing_run(two.path).layout == "illumina"


def test_a_root_that_gets_another_layout_is_judged_anew(lab: Lab) -> None:
    run = a_run(lab, "tau").complete()
    lab.scan()
    assert len(lab.files(run.path)) == 15
    lab.environ["SEQAUTO_LAYOUT"] = "illumina"

    lab.scan()

    assert lab.sequencing_run(run.path).layout == "illumina"
    assert {kind for kind, _ in lab.files(run.path)} <= {"fastq"}


@pytest.mark.parametrize("layout", shipped_layouts())
def test_paths_of_a_layout_stand_in_its_file_alone(layout: str) -> None:
    loaded = load_layout(layout)
    patterns = (pattern for each in loaded.file_types for pattern in each.patterns)
    folders = {pattern.partition("/")[0] for pattern in patterns} - {"Analysis", "Data", "*"}
    sources = {path: path.read_text() for path in PACKAGE.rglob("*.py")}

    found = {
        (path.name, folder)
        for path, text in sources.items()
        for folder in folders
        if f"{folder}/" in text or f'"{folder}"' in text
    }

    assert found == set()
