"""One way to select, in every command that lists."""

import json
from pathlib import Path

import pytest

from seqauto_pipeline_tests.cli.conftest import EXOME, MISEQ, TWICE, ModelsDb, Run

_NARROWED = (
    ("--run", "AHNLYFBGXG"),
    ("--run", "hnlyfbgxg"),
    ("--run", "NB501009_0410"),
    ("--flag", "gold_standard"),
    ("--sample", "00S2"),
    ("--type", "bam"),
)


@pytest.mark.parametrize("options", _NARROWED)
@pytest.mark.parametrize("command", ["runs", "files", "export"])
def test_each_list_is_narrowed_in_the_same_way(
    seqauto: Run, models_db: ModelsDb, command: str, options: tuple[str, str]
) -> None:
    result = seqauto(command, *options, "--format", "json")

    rows = json.loads(result.stdout)
    rows = rows["sequencing_runs"] if command == "export" else rows
    names = {row["sequencing_run"] if command == "files" else row["name"] for row in rows}
    assert names == {EXOME}


_TYPOS = (
    (("--run", EXOME[:-1] + "H"), EXOME),
    (("--kit", "idt_exom"), "idt_exome"),
    (("--sample", "00S22"), "00S2"),
    (("--type", "fastqx"), "fastq"),
    (("--state", "complet"), "complete"),
    (("--flag", "golden_standard"), "gold_standard"),
)


@pytest.mark.parametrize(("options", "near"), _TYPOS)
@pytest.mark.parametrize("command", [("runs",), ("files",), ("export", "--format", "json")])
def test_a_typo_ends_with_one_exit_code_and_the_near_name(
    seqauto: Run,
    models_db: ModelsDb,
    command: tuple[str, ...],
    options: tuple[str, str],
    near: str,
) -> None:
    result = seqauto(*command, *options)

    assert result.exit_code == 2
    assert "id you mean" in result.output
    assert near in result.output


@pytest.mark.sqlite  # it takes the file away
def test_a_mistyped_kit_of_a_sheet_is_refused_once_kits_are_known(
    seqauto: Run, models_db: ModelsDb, tmp_path: Path
) -> None:
    (tmp_path / "sheet.csv").write_text("[Data]\nSample_ID,index\nS1,ACGT\n")
    asked = ("sheet", "check", str(tmp_path / "sheet.csv"), "--kit")

    refused = seqauto(*asked, "idt_exom")
    known = seqauto(*asked, "IDT_exome")
    (models_db.home / "seqauto.db").unlink()
    nothing_known = seqauto(*asked, "idt_exom")

    assert refused.exit_code == 2
    assert "No kit is called 'idt_exom'; did you mean idt_exome or" in refused.stderr
    assert (known.exit_code, nothing_known.exit_code) == (0, 0)


@pytest.mark.parametrize(
    ("command", "near"),
    [
        (("flag", EXOME, "hiden", "--on"), "no flag is called 'hiden'; did you mean hidden?"),
        (("messages", "--severity", "eror"), "did you mean error?"),
        (("layout", "check", "ilumina"), "did you mean illumina?"),
        (("layout", "show", "ilumina"), "Did you mean illumina?"),
    ],
)
def test_other_words_of_a_few_are_told_with_the_near_one_too(
    seqauto: Run, models_db: ModelsDb, command: tuple[str, ...], near: str
) -> None:
    result = seqauto(*command)

    assert result.exit_code == 2
    assert near in result.output


def test_a_project_that_no_sheet_names_is_refused(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("files", "--project", "x")

    assert result.exit_code == 2
    assert "No project is called 'x'. Known projects: none." in result.output


def test_a_part_of_a_name_selects_all_runs_that_have_it(seqauto: Run, models_db: ModelsDb) -> None:
    rows = json.loads(seqauto("runs", "--all", "--run", "_M00123_", "--format", "json").stdout)

    assert [row["name"] for row in rows] == [MISEQ, TWICE, TWICE]


@pytest.mark.parametrize("since", ["2", "2026-01-03", "2026-01-03 00:00", "2abc"])
def test_since_keeps_what_later_scans_changed(
    seqauto: Run, models_db: ModelsDb, since: str
) -> None:
    files = json.loads(seqauto("files", "--since", since, "--format", "json").stdout)
    runs = json.loads(seqauto("runs", "--since", since, "--format", "json").stdout)

    assert [(file["file_type"], file["data_state"]) for file in files] == [
        ("bam", "error"),
        ("fastq", "complete"),
        ("fastq", "deleted"),
    ]
    assert [run["path"] for run in runs] == [
        models_db.exome,
        models_db.folder("idt_haem", TWICE),
    ]


def test_a_day_that_is_none_is_refused(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("files", "--since", "2026-02-30")

    assert result.exit_code == 2
    assert "'2026-02-30' is no day or time" in result.output
