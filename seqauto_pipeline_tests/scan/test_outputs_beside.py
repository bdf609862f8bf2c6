"""Outputs of conversions that lie beside the run folder, from the disk to what is shown."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.layouts.parse import parse_layout
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, run_name
from seqauto_pipeline_tests.scan.two_worlds import indexed, make_cold

LAYOUT = """\
name = "beside"
run_depth = 2
enrichment_kit_level = 0
never_unexpected = ["*/Reports/*", "*/done.txt"]

[run]
markers = ["RTAComplete.txt"]
sample_sheet = ["SampleSheet.csv"]
run_info = ["RunInfo.xml"]
run_parameters = ["RunParameters.xml"]

[file_types.fastq]
per = "read"
non_empty = true

[[file_types.fastq.conversions]]
converters = ["bcl_convert"]
directories = ["../../fastq/{sequencing_run}", "../{flowcell_id}_reads/run"]
sheets = ["../../fastq/{sequencing_run}/Reports/SampleSheet.csv"]
ended_by = ["../../fastq/{sequencing_run}/done.txt"]
instruments = ["*"]

[[file_types.fastq.namings]]
converter = "bcl_convert"
pattern = "[{sample_project}/]{sample_id}_S{sample_number}_R{read}_001.fastq.gz"
"""
STEMS = ("S1_S1_R1", "S1_S1_R2", "S2_S2_R1", "S2_S2_R2")


@pytest.fixture
def beside(lab: Lab) -> tuple[Lab, RunFolder]:
    """Give a lab with such a layout, and a whole run of which nothing is converted yet."""
    path = lab.home / "beside.toml"
    path.write_text(LAYOUT)
    lab.environ["SEQAUTO_LAYOUT"] = str(path)
    return lab, a_run(lab, 1)


def a_run(lab: Lab, number: int, kit: str = "runs") -> RunFolder:
    run = RunFolder(lab.root, kit, run_name(number), layout=parse_layout(LAYOUT, "beside.toml"))
    run.begin()
    run.finish()
    return run


def output_of(run: RunFolder) -> Path:
    return run.root / "fastq" / run.name


def put_reads(run: RunFolder, *stems: str) -> None:
    for stem in stems:
        put(output_of(run) / f"{stem}_001.fastq.gz", b"reads")


def put(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def seqauto(lab: Lab, *arguments: str) -> str:
    environ = {"DAGSTER_HOME": str(lab.home), **lab.environ}
    result = CliRunner().invoke(main, arguments, env=environ)
    return result.output.replace("\n", " ")


def test_an_output_beside_the_run_is_accounted_for_and_is_no_run(beside: tuple[Lab, RunFolder]):
    lab, run = beside
    other = a_run(lab, 2)
    lab.scan()
    missing = lab.files(run.path)

    put_reads(run, *STEMS[:3])
    put(output_of(run) / "Reports" / "SampleSheet.csv", run.sheet.read_bytes())
    lab.scan()
    running = lab.files(run.path)
    put(output_of(run) / "done.txt", b"")
    put(output_of(run) / "odd_R1_001.fastq.gz")
    lab.scan()

    assert set(missing.values()) == {"non_existent"}
    assert list(running.values()) == ["complete", "complete", "complete", "running"]
    assert list(lab.files(run.path).values()) == ["complete"] * 3 + ["non_existent"]
    assert set(lab.files(other.path).values()) == {"non_existent"}
    assert lab.run_states() == {run.path: "complete", other.path: "complete"}
    assert f"../../fastq/{run.name}/S1_S1_R1_001.fastq.gz" in lab.expected_paths()
    assert not any("odd" in path for path in lab.expected_paths())
    assert "UNEXPECTED_FILES" in lab.messages(run.path)
    assert not lab.plan().changes.runs


def test_an_output_that_came_late_is_seen_in_a_run_that_nobody_touched(
    beside: tuple[Lab, RunFolder],
):
    lab, run = beside
    put_reads(a_run(lab, 2), *STEMS)
    make_cold(lab.root)
    lab.scan()
    first = indexed(lab, lab.scan().id)[run.path]
    again = indexed(lab, lab.scan().id)[run.path]

    put_reads(run, *STEMS)
    make_cold(lab.root, day=1)
    lab.scan()
    there = lab.files(run.path)
    (output_of(run) / f"{STEMS[0]}_001.fastq.gz").unlink()
    make_cold(lab.root, day=2)
    lab.scan()

    assert again.listed_ns == first.listed_ns
    assert set(there.values()) == {"complete"}
    assert lab.files(run.path)["fastq", "S1/R1"] == "deleted"


def test_what_is_beside_a_run_folder_that_is_gone_stays_as_it_was(beside: tuple[Lab, RunFolder]):
    lab, run = beside
    put_reads(run, *STEMS)
    put(output_of(run) / "done.txt", b"")
    lab.scan()

    run.delete()
    lab.scan(accept=(lab.root,))

    assert lab.run_states() == {run.path: "deleted"}
    assert set(lab.files(run.path).values()) == {"complete"}
    assert lab.messages(run.path) == ()


def test_a_run_that_moves_takes_its_output_along_where_its_name_leads_there(
    beside: tuple[Lab, RunFolder],
):
    lab, run = beside
    put_reads(run, *STEMS)
    lab.scan()
    old = run.path

    run.move("archive")
    lab.scan()

    assert lab.run_states() == {run.path: "complete"}
    assert run.path != old
    assert lab.ledger(run.path, "fastq", "S1/R1") == ("complete",)


def test_an_output_is_found_where_the_run_folder_is_a_link(beside: tuple[Lab, RunFolder]):
    lab, run = beside
    put_reads(run, *STEMS)
    elsewhere = lab.root / ".store" / "deep" / "er"
    elsewhere.parent.mkdir(parents=True)
    shutil.move(run.folder, elsewhere)
    run.folder.symlink_to(elsewhere)

    lab.scan()

    assert set(lab.files(run.path).values()) == {"complete"}


def test_an_output_that_is_a_link_out_of_the_root_is_refused(
    beside: tuple[Lab, RunFolder], tmp_path: Path
):
    lab, run = beside
    target = tmp_path / "elsewhere"
    put(target / f"{STEMS[0]}_001.fastq.gz")
    output_of(run).parent.mkdir()
    output_of(run).symlink_to(target)

    lab.scan()

    assert "complete" not in lab.files(run.path).values()
    assert "UNREADABLE" in lab.messages(run.path)


@pytest.mark.parametrize("name", ["run[1]", "{newest}", "a*b"])
def test_a_run_whose_name_would_be_a_pattern_has_nothing_beside_it(
    beside: tuple[Lab, RunFolder], name: str
):
    lab, run = beside
    odd = RunFolder(lab.root, "runs", name, layout=run.layout)
    odd.write_sheet(odd.samples)
    odd.finish()
    put_reads(odd, *STEMS)

    lab.scan()

    assert lab.files(odd.path) == {}
    assert lab.run_states()[odd.path] == "complete"


def test_its_files_are_shown_by_their_own_paths(beside: tuple[Lab, RunFolder]):
    lab, run = beside
    put_reads(run, *STEMS[:3])
    put(output_of(run) / "done.txt", b"")
    lab.scan()
    path = str(output_of(run) / f"{STEMS[0]}_001.fastq.gz")

    assert path in seqauto(lab, "export", "--format", "csv")
    assert path in seqauto(lab, "files", "--format", "csv")
    assert ".." not in seqauto(lab, "export", "--format", "csv")
    assert "it was found" in seqauto(lab, "explain", path)
    assert "complete" in seqauto(lab, "log", path)


def test_layout_check_counts_it_and_names_what_lacks_by_its_path(beside: tuple[Lab, RunFolder]):
    lab, run = beside
    put_reads(run, *STEMS[:3])
    put(output_of(run) / "done.txt", b"")
    put(output_of(run) / "odd.txt")

    layout = lab.environ["SEQAUTO_LAYOUT"]
    words = seqauto(lab, "layout", "check", layout, "--root", str(lab.root), "--format", "json")

    assert f'"fastq/{run.name}/{STEMS[3]}_001.fastq.gz"' in words
    assert f'"fastq/{run.name}/odd.txt"' in words
    assert re.search(r'"complete": 1\b', words)


def test_explain_tells_which_line_would_find_a_file_beside_the_run(beside: tuple[Lab, RunFolder]):
    lab, run = beside
    lab.scan()
    path = put(run.folder.parent / f"{run.name}_mine" / "P" / "S1_S1_R1_001.fastq.gz")

    words = " ".join(seqauto(lab, "explain", str(path)).split())

    assert f"it is on the disk, in ../{run.name}_mine/P" in words
    assert 'directories = ["../{sequencing_run}_mine/P"]' in words


def test_a_sample_is_found_from_within_a_run_folder(
    beside: tuple[Lab, RunFolder], monkeypatch: pytest.MonkeyPatch
):
    lab, run = beside
    put_reads(run, *STEMS)
    lab.scan()
    monkeypatch.chdir(run.folder)

    assert "S1_S1_R1_001.fastq.gz" in seqauto(lab, "log", "S1")
