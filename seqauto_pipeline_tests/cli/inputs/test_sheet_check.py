import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from seqauto_pipeline.cli.inputs.sheet_check import check, check_files
from seqauto_pipeline.core.sheet.codes import RuleLevel

GOOD = "[Data]\nLane,Sample_ID,index,index2,Sample_Project\n1,S1,ACGTACGT,TTGGCCAA,P\n"
BAD = "[Data]\nLane,Sample_ID,index\n1,S1,ACGTACGT\n1,S 2,ACGTACGT\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without settings, so that those of this machine do not count."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.delenv("SEQAUTO_CONFIG", raising=False)
    return home


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "SampleSheet.csv"
    path.write_text(BAD)
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(check, [str(argument) for argument in arguments])


def test_a_good_sheet_is_said_to_be_good(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text(GOOD)

    result = run(path)

    assert result.exit_code == 0
    assert result.stdout == f"{path}: iem_v1, utf-8, 1 sample in 1 row, no problems\n"


def test_the_offending_line_stands_under_each_problem(sheet):
    result = run(sheet)

    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == [
        (
            '  error DUPLICATE_INDEX line 4 column index: The samples "S1" (line 3) and "S 2" have '
            'the same index "ACGTACGT" in lane 1.'
        ),
        "        4 | 1,S 2,ACGTACGT",
        "          > Correct the index of one of them, or move it to another lane.",
        (
            '  error FORBIDDEN_CHARACTERS line 4 column Sample_ID: Sample_ID "S 2" has the '
            'characters " ", expected letters, digits, - and _ only.'
        ),
        "        4 | 1,S 2,ACGTACGT",
        "          > Use letters, digits, - and _ only.",
    ]


def test_json_has_one_object_per_file_in_a_fixed_shape(sheet, tmp_path):
    good = tmp_path / "good.csv"
    good.write_text(GOOD)

    result = run("--format", "json", good, sheet)

    first, second = json.loads(result.stdout)
    assert result.exit_code == 1
    assert first == {
        "file": str(good),
        "format": "iem_v1",
        "encoding": "utf-8",
        "delimiter": ",",
        "sections": ["Data"],
        "samples": [
            {
                "lane": 1,
                "sample_id": "S1",
                "sample_name": "S1",
                "sample_project": "P",
                "sample_number": 1,
                "index": "ACGTACGT",
                "index2": "TTGGCCAA",
            }
        ],
        "problems": [],
    }
    assert len(second["samples"]) == 2
    assert second["problems"][0] == {
        "code": "DUPLICATE_INDEX",
        "severity": "error",
        "line": 4,
        "column": "index",
        "message": 'The samples "S1" (line 3) and "S 2" have the same index "ACGTACGT" in lane 1',
        "fix": "Correct the index of one of them, or move it to another lane.",
    }


def test_a_file_that_is_no_sheet_has_no_format(tmp_path):
    path = tmp_path / "SampleSheet.csv"
    path.write_bytes(b"\xff\xd8\xff\xe0")

    result = run("--format", "json", path)

    described = json.loads(result.stdout)[0]
    assert result.exit_code == 1
    assert described["format"] is None
    assert described["samples"] == []
    assert "a JPEG image" in described["problems"][0]["message"]


def test_a_missing_file_is_a_problem_of_that_file(sheet, tmp_path):
    result = run("--format", "json", tmp_path / "none.csv", sheet)

    missing, other = json.loads(result.stdout)
    assert result.exit_code == 1
    assert missing["problems"][0]["message"] == ("The file cannot be read: there is no such file")
    assert missing["encoding"] is None
    assert other["samples"]


def test_a_pipe_is_refused_at_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)

    result = run(path)

    assert result.exit_code == 1
    assert "SHEET_UNREADABLE: The file cannot be read: it is not a regular file." in result.stdout


def test_a_name_that_no_file_can_have_is_refused():
    checked = check_files(["a\x00b"])

    assert checked[0].problems[0].code == "SHEET_UNREADABLE"


def test_what_a_sheet_holds_does_not_act_on_the_terminal(tmp_path):
    path = tmp_path / "sheet\x1b[2J.csv"
    path.write_text(BAD.replace("S 2", "\x1b[31m\u202eS2"))

    result = run(path)

    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "\\x1b[31m\\u202eS2" in result.stdout


def test_a_long_line_is_cut(tmp_path):
    path = tmp_path / "SampleSheet.csv"
    path.write_text(BAD + "1,S3,ACGT," + "x" * 100_000)

    assert max(map(len, run(path).stdout.splitlines())) < 300


def test_the_rules_of_the_settings_hold_and_those_of_a_kit_before_them(sheet, home):
    (home / "seqauto.toml").write_text(
        '[sheet_rules]\nDUPLICATE_INDEX = "warning"\nFORBIDDEN_CHARACTERS = "warning"\n'
        '[sheet_rules_for_kit.Idt_Exome]\nFORBIDDEN_CHARACTERS = "off"\n'
    )

    plain, with_kit = run(sheet), run("--kit", "idt_exome", sheet)

    assert plain.exit_code == with_kit.exit_code == 0
    assert "warning FORBIDDEN_CHARACTERS" in plain.stdout
    assert "FORBIDDEN_CHARACTERS" not in with_kit.stdout
    assert "warning DUPLICATE_INDEX" in with_kit.stdout


def test_levels_count_for_what_the_reader_found_too(tmp_path):
    path = tmp_path / "SampleSheet.csv"
    path.write_text("[Data]\nSample_ID,index\nS1,ACGT,,x\n")

    checked = check_files([str(path)], {"ROW_TOO_LONG": RuleLevel.OFF})

    assert checked[0].problems == ()


@pytest.mark.parametrize(
    ("setting", "codes"),
    [
        ("", {"SAMPLE_IN_TWO_PROJECTS"}),
        ('converter = "bcl2fastq"', {"SAMPLE_IN_TWO_PROJECTS"}),
        ('converter = "bcl_convert"', set()),
    ],
)
def test_the_converter_of_the_settings_decides_what_is_refused(setting, codes, tmp_path, home):
    (home / "seqauto.toml").write_text(setting)
    path = tmp_path / "SampleSheet.csv"
    path.write_text(
        "[Data]\nLane,Sample_ID,index,Sample_Project\n1,S1,ACGTACGT,A\n2,S1,ACGTACGT,B\n"
    )

    result = run("--format", "json", path)

    assert {each["code"] for each in json.loads(result.stdout)[0]["problems"]} == codes
    assert result.exit_code == int(bool(codes))
