"""`seqauto plan`: what other settings or another layout would alter, before it is in force."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from seqauto_pipeline_tests.cli.conftest import Run
from seqauto_pipeline_tests.scan.lab import Lab, tree


@pytest.fixture
def lab(tmp_path: Path, seqauto: Run, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Give a lab that has been scanned, with the command line in its home."""
    lab = Lab(tmp_path / "lab")
    lab.run(1).complete()
    lab.run(2, "kit_b").complete()
    lab.scan()
    for name, value in {"DAGSTER_HOME": str(lab.home), **lab.environ}.items():
        monkeypatch.setenv(name, value)
    return lab


@pytest.fixture
def other_settings(lab: Lab, tmp_path: Path) -> Path:
    """Give settings whose layout calls a BAM otherwise and knows no gene lists."""
    shipped = files("seqauto_pipeline.layouts").joinpath("tau.toml").read_text()
    text = shipped.replace("1_BAM/{sample_name}.hg38.bam", "1_BAM/{sample_name}.bam")
    start, end = text.index("[file_types.gene_list]"), text.index("[file_types.bam]")
    text = (text[:start] + text[end:]).replace('genes_from = "gene_list"\n', "")
    (tmp_path / "other.toml").write_text(text)
    settings = tmp_path / "other_settings.toml"
    settings.write_text(f'layout = "{tmp_path}/other.toml"\n')
    return settings


def test_where_nothing_has_changed_nothing_would(seqauto: Run, lab: Lab):
    result = seqauto("plan")

    assert result.exit_code == 0
    assert result.stdout == "Nothing would change.\nNothing was written.\n"


def test_another_layout_would_alter_these_states(seqauto: Run, lab: Lab, other_settings: Path):
    result = seqauto("plan", "--config", str(other_settings))

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "8 file records of 2 runs would change."
    assert (
        lines[1:5]
        == [
            "file type  now       then          files",
            "bam        complete  non_existent      4",
            "gene_list  complete  retired           4",
            "0 messages would open, 0 close; 0 files would be read.",
        ]
        or "message" in lines[4]
    )
    assert lines[-1] == "Nothing was written."
    assert any(line.endswith("S1.bam: complete -> non_existent") for line in lines)


def test_as_json_it_counts_old_and_new_states(seqauto: Run, lab: Lab, other_settings: Path):
    result = seqauto("plan", "--config", str(other_settings), "--format", "json", "--show", "1")

    found = json.loads(result.stdout)
    assert (found["runs_changed"], found["files_changed"], found["held"]) == (2, 8, [])
    assert found["files"] == [
        {"file_type": "bam", "old": "complete", "new": "non_existent", "count": 4},
        {"file_type": "gene_list", "old": "complete", "new": "retired", "count": 4},
    ]
    assert len(found["changes"]) == 1
    assert found["runs"] == []


def test_a_run_that_is_nowhere_is_named_beside_the_others(seqauto: Run, lab: Lab):
    asked = ("plan", "--run", lab.run(2).name, "--run", "no_such_run")

    assert seqauto(*asked).stdout.splitlines() == [
        "No sequencing run below the scan roots is called no_such_run: it was left out.",
        "Nothing would change.",
        "Nothing was written.",
    ]
    found = json.loads(seqauto(*asked, "--format", "json").stdout)
    assert found["unknown_runs"] == ["no_such_run"]


def test_of_a_name_in_two_places_all_are_taken_and_named(seqauto: Run, lab: Lab):
    name = lab.run(2).name
    other = lab.run(2, "kit_a").complete()

    asked = ("plan", "--run", name)
    line = seqauto(*asked).stdout.splitlines()[0]
    [note] = json.loads(seqauto(*asked, "--format", "json").stdout)["notes"]
    one = json.loads(seqauto("plan", "--run", f"kit_a/{name}", "--format", "json").stdout)

    assert line == note
    assert note.startswith(f"{name} is in 2 places, and all of them are scanned: ")
    assert f"{lab.root}/kit_b/{name}" in note
    assert str(other.path) in note
    assert one["notes"] == []


def test_a_mistyped_run_is_refused_with_the_near_name(seqauto: Run, lab: Lab):
    name = lab.run(2).name

    result = seqauto("plan", "--run", f"{name}x")

    assert result.exit_code == 2
    assert f"did you mean {name}?" in result.stderr


def test_a_plan_may_be_of_one_run_or_root(seqauto: Run, lab: Lab, other_settings: Path):
    name = lab.run(2).name
    config = ("--config", str(other_settings), "--format", "json")

    one = json.loads(seqauto("plan", *config, "--run", name).stdout)
    all_of_it = json.loads(seqauto("plan", *config, "--root", str(lab.root)).stdout)

    assert (one["runs_changed"], all_of_it["runs_changed"]) == (1, 2)


def test_a_root_that_is_not_configured_is_refused(seqauto: Run, lab: Lab, tmp_path: Path):
    result = seqauto("plan", "--root", str(tmp_path))

    assert result.exit_code == 2
    assert "is not a configured root" in result.stderr


def test_what_changed_on_the_disk_counts_too(seqauto: Run, lab: Lab):
    lab.run(3).complete()

    lines = seqauto("plan", "--show", "2").stdout.splitlines()

    assert "(run folder)   not recorded  complete      1" in lines
    assert "  and 13 more" in lines


def test_what_the_brake_holds_is_said(seqauto: Run, lab: Lab):
    for path in sorted(lab.root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()

    result = seqauto("plan")

    assert f"Held by the brake: {lab.root}: it is empty: is the disk mounted?" in result.stdout


def test_a_plan_before_the_first_scan_shows_all_of_it(
    seqauto: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lab = Lab(tmp_path / "lab")
    lab.run(1).complete()
    monkeypatch.setenv("SEQAUTO_SCAN_ROOTS", str(lab.root))

    assert "15 file records of 1 run would change." in seqauto("plan").stdout


def test_a_settings_file_that_is_not_there_is_an_error(seqauto: Run, lab: Lab, tmp_path: Path):
    result = seqauto("plan", "--config", str(tmp_path / "gone.toml"))

    assert result.exit_code == 1
    assert "gone.toml: cannot be read" in result.stderr


def test_nothing_is_written(seqauto: Run, lab: Lab, other_settings: Path):
    before = lab.dump()
    disk = tree(lab.root)
    kept = sorted(path.name for path in (lab.home / "scans").iterdir())

    seqauto("plan", "--config", str(other_settings))

    assert lab.dump() == before
    assert tree(lab.root) == disk
    assert sorted(path.name for path in (lab.home / "scans").iterdir()) == kept
