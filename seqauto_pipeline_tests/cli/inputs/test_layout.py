"""`seqauto layout check`: a layout on paper, and on a disk."""

import json
from pathlib import Path

import pytest

from seqauto_pipeline_tests.cli.conftest import HOSTILE, Run
from seqauto_pipeline_tests.scan.lab import Lab, tree

LAB = """
name = "lab"
[run]
markers = ["4_QC/sequencing_stats/RTAComplete.txt"]
sample_sheet = ["SampleSheet.csv"]
[file_types.bam]
non_empty = true
patterns = ["1_BAM/{sample_name}.hg38.bam", "bam/{sample_name}.bam"]
[file_types.joint_vcf]
per = "run"
patterns = ["2_variants/{sequencing_run}.gatk.hg38.vcf.gz"]
patterns_if_present = ["2_variants/{sequencing_run}.vardict.hg38.vcf.gz"]
[kits.kit_a.file_types.bam]
patterns = ["1_BAM/{sample_name}.hg38.bam"]
"""


@pytest.fixture
def layout_file(tmp_path: Path) -> Path:
    path = tmp_path / "lab.toml"
    path.write_text(LAB)
    return path


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Give a root with a complete run, an incomplete one, and a directory that is none."""
    lab = Lab(tmp_path / "lab")
    run = lab.run()
    run.complete()
    (run.folder / "1_BAM/S2.hg38.bam").unlink()
    (run.folder / f"1_BAM/{HOSTILE}").write_text("stray")
    (lab.root / "kit_a" / "200921_M00123_0411_000000000-ABCDE").mkdir()
    (lab.root / "kit_a" / "notes").mkdir()
    return lab.root


def test_a_layout_that_holds_together_is_shown_type_by_type(seqauto: Run, layout_file: Path):
    result = seqauto("layout", "check", str(layout_file))

    assert result.exit_code == 0
    assert result.output == (
        "The layout lab holds together: run folders lie 2 levels below the root, level 1 names "
        "the enrichment kit.\n"
        "file type  per     expected    patterns\n"
        "bam        sample  always      1_BAM/{sample_name}.hg38.bam\n"
        "                               bam/{sample_name}.bam\n"
        "joint_vcf  run     always      2_variants/{sequencing_run}.gatk.hg38.vcf.gz\n"
        "                   if_present  2_variants/{sequencing_run}.vardict.hg38.vcf.gz\n"
        "Kits with patterns of their own: kit_a.\n"
    )


@pytest.mark.parametrize("name", ["tau", "illumina"])
def test_the_layouts_that_come_with_the_program_hold_together(seqauto: Run, name: str):
    result = seqauto("layout", "check", name)

    assert result.exit_code == 0
    assert f"The layout {name} holds together" in result.output


def test_a_layout_without_kits_says_so(seqauto: Run, tmp_path: Path):
    (tmp_path / "x.toml").write_text(f"enrichment_kit_level = 0\n{LAB}")

    assert "no level names a kit" in seqauto("layout", "check", str(tmp_path / "x.toml")).output


def test_a_layout_that_does_not_hold_together_says_where(seqauto: Run, layout_file: Path):
    layout_file.write_text(LAB.replace("{sample_name}", "{samplename}", 1))

    result = seqauto("layout", "check", str(layout_file))

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {layout_file}:8: ")
    assert "did you mean {sample_name}?" in result.stderr


def test_a_bare_name_is_a_file_here_or_no_layout(
    seqauto: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text(LAB)

    assert seqauto("layout", "check", "mine").exit_code == 0
    assert "./yours: cannot be read" in seqauto("layout", "check", "yours").stderr


def test_on_a_disk_it_shows_what_is_found_missed_and_not_explained(
    seqauto: Run, layout_file: Path, disk: Path
):
    result = seqauto("layout", "check", str(layout_file), "--root", str(disk))

    assert result.exit_code == 0
    run = next((disk / "kit_a").glob("*/1_BAM")).parent
    lines = result.output.splitlines()
    assert f"{disk}: 2 run folders (1 complete, 1 incomplete)." in lines
    assert (
        "1 other directory at their depth: not named like runs, and without marker, sample sheet "
        "or RunInfo."
    ) in lines
    assert "bam               2      1        1         0" in lines
    assert "1 file missing or unusable:" in lines
    assert f"  bam: kit_a/{run.name}/1_BAM/S2.hg38.bam" in lines
    assert f"  kit_a/{run.name}/1_BAM/=2+5\\x1b[31m[red]" in lines
    assert "\x1b" not in result.output


def test_controls_are_those_of_the_settings_that_a_scan_would_use(
    seqauto: Run,
    tmp_path: Path,
    layout_file: Path,
    disk: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    checkout = tmp_path / "checkout"
    (checkout / ".dagster").mkdir(parents=True)
    (checkout / "pyproject.toml").write_text('[project]\nname = "seqauto-pipeline"\n')
    (checkout / ".dagster/seqauto.toml").write_text('control_sample_regex = "S2"\n')
    monkeypatch.chdir(checkout)
    monkeypatch.delenv("DAGSTER_HOME")

    lines = seqauto("layout", "check", str(layout_file), "--root", str(disk)).output.splitlines()

    assert "1 control or failed sample, of which no file is expected." in lines
    assert "bam               1      1        0         0" in lines
    assert not any("missing or unusable" in line for line in lines)


def test_lists_are_cut_and_say_how_much_is_left(seqauto: Run, layout_file: Path, disk: Path):
    result = seqauto("layout", "check", str(layout_file), "--root", str(disk), "--show", "0")

    assert "1 file missing or unusable:\n  and 1 more\n" in result.output


def test_as_json_it_is_one_object(seqauto: Run, layout_file: Path, disk: Path):
    result = seqauto("layout", "check", str(layout_file), "--root", str(disk), "--format", "json")

    found = json.loads(result.output)
    assert found["layout"] == "lab"
    assert found["kits"] == ["kit_a"]
    assert found["file_types"][1]["patterns_if_present"] != []
    root = found["root"]
    assert (root["path"], root["unavailable"], root["other_directories"]) == (str(disk), None, 1)
    assert root["runs"] == {"complete": 1, "incomplete": 1}
    assert {"file_type": "bam", "data_state": "non_existent", "count": 1} in root["files"]
    assert len(root["missed"]) == 1
    assert root["unexplained_count"] == len(root["unexplained"])
    assert {"UNEXPECTED_FILES"} <= {problem["code"] for problem in root["problems"]}


def test_without_a_root_the_json_has_none(seqauto: Run, layout_file: Path):
    result = seqauto("layout", "check", str(layout_file), "--format", "json")

    assert json.loads(result.output)["root"] is None


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_root_that_cannot_be_walked_is_a_failure(seqauto: Run, tmp_path: Path, form: str):
    gone = tmp_path / "gone"

    result = seqauto("layout", "check", "tau", "--root", str(gone), "--format", form)

    assert result.exit_code == 1
    assert "it does not exist: is the disk mounted?" in result.output


def test_on_a_disk_that_it_does_not_fit_the_closest_layout_of_the_program_is_named(
    seqauto: Run, disk: Path
):
    result = seqauto("layout", "check", "illumina", "--root", str(disk))
    as_json = seqauto("layout", "check", "illumina", "--root", str(disk), "--format", "json")

    assert "This layout does not fit. Of those that come with the program " in result.output
    assert json.loads(as_json.output)["closest_shipped_layout"]["differences"] != []


def test_an_empty_kit_has_no_runs_and_no_table(seqauto: Run, tmp_path: Path):
    (tmp_path / "disk" / "kit").mkdir(parents=True)

    result = seqauto("layout", "check", "tau", "--root", str(tmp_path / "disk"))

    assert result.exit_code == 0
    assert result.output.endswith(f"\n\n{tmp_path}/disk: 0 run folders.\n")


def test_what_cannot_be_read_above_the_runs_is_named(seqauto: Run, disk: Path, tmp_path: Path):
    (tmp_path / "outside").mkdir()
    (disk / "kit_b").symlink_to(tmp_path / "outside")

    result = seqauto("layout", "check", "tau", "--root", str(disk))

    assert f"{disk}/kit_b cannot be read (ELOOP): it is a symbolic link" in result.output


def test_nothing_is_written_anywhere(seqauto: Run, layout_file: Path, disk: Path, tmp_path: Path):
    before = tree(tmp_path)

    seqauto("layout", "check", str(layout_file), "--root", str(disk))

    assert tree(tmp_path) == before
    assert not (tmp_path / "home").exists()
