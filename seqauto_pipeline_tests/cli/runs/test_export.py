import csv
import io
import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from seqauto_pipeline_tests.cli.conftest import EXOME, HOSTILE, MISEQ, TWICE, ModelsDb, Run


def _schema() -> dict[str, object]:
    text = files("seqauto_pipeline.cli").joinpath("export_schema.json").read_text("utf-8")
    schema: dict[str, object] = json.loads(text)
    return schema


def test_the_export_validates_against_its_schema(seqauto: Run, models_db: ModelsDb) -> None:
    exported = json.loads(seqauto("export", "--format", "json").stdout)

    validator = jsonschema.Draft202012Validator(
        _schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    validator.check_schema(_schema())
    assert list(validator.iter_errors(exported)) == []
    assert len(exported["sequencing_runs"]) == 4


def test_keys_stand_in_the_order_of_the_schema(seqauto: Run, models_db: ModelsDb) -> None:
    exported = json.loads(seqauto("export", "--format", "json", "--run", EXOME).stdout)
    run = exported["sequencing_runs"][0]

    definitions = _schema()["$defs"]
    assert isinstance(definitions, dict)
    for value, name in (
        (run, "sequencing_run"),
        (run["sample_sheet"], "sample_sheet"),
        (run["sample_sheet"]["samples"][0], "sample"),
        (run["files"][0], "file"),
        (run["qc"][0], "qc"),
        (run["messages"][0], "message"),
    ):
        assert list(value) == list(definitions[name]["properties"])


def test_retired_records_are_left_out_and_hidden_runs_are_in(
    seqauto: Run, models_db: ModelsDb
) -> None:
    runs = json.loads(seqauto("export", "--format", "json").stdout)["sequencing_runs"]

    paths = [file["path"] for run in runs for file in run["files"]]
    assert [run["name"] for run in runs] == [MISEQ, EXOME, TWICE, TWICE]
    assert runs[0]["flags"] == ["hidden"]
    assert f"{models_db.exome}/1_BAM/S1.hg38.bam" in paths
    assert not any("S0" in path for path in paths)


def test_values_are_as_the_interface_says(seqauto: Run, models_db: ModelsDb) -> None:
    exported = json.loads(seqauto("export", "--format", "json", "--run", EXOME).stdout)
    run = exported["sequencing_runs"][0]

    bam = next(file for file in run["files"] if file["path"].endswith("S1.hg38.bam"))
    assert bam["modified"] == "2026-01-01T00:00:00.123456+00:00"
    assert (bam["size"], bam["read"], bam["data_state"]) == (106, None, "complete")
    assert run["qc"] == [
        {
            "sample_name": "S1",
            "exec_summary": {"Sample": "S1", "Mean": 42.5, "Reads": 7, "Q": None},
        }
    ]
    assert run["sample_sheet"]["hash"] == "2" * 32
    assert [sample["lane"] for sample in run["sample_sheet"]["samples"]] == [1, 2, 1, None, None]
    assert run["sample_sheet"]["samples"][0]["extra"] == {"Operator": "ab"}


def test_a_message_is_open_until_closed_or_acknowledged(seqauto: Run, models_db: ModelsDb) -> None:
    exported = json.loads(seqauto("export", "--format", "json", "--run", EXOME).stdout)
    messages = exported["sequencing_runs"][0]["messages"]

    assert {each["code"]: each["open"] for each in messages} == {
        "READ_2_MISSING": True,
        "EMPTY_FILE": True,
        "SHEET_CHANGED": False,
        "SHEET_MISSING": False,
        "RAGGED_ROW": True,
    }
    assert messages[0]["path"] == f"{models_db.exome}/0_fastq/S1_R1.fastq.gz"
    assert messages[3]["path"] == models_db.exome


def test_csv_has_one_row_for_each_file(seqauto: Run, models_db: ModelsDb) -> None:
    text = seqauto("export", "--format", "csv").stdout

    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 11
    assert rows[0]["sequencing_run"] == EXOME
    assert rows[0]["flags"] == "gold_standard"
    assert f"'{HOSTILE[:4]}\\x1b[31m[red]" in {row["sample_name"] for row in rows}


def test_a_file_is_whole_or_not_there(seqauto: Run, models_db: ModelsDb, tmp_path: Path) -> None:
    output = tmp_path / "out.json"

    written = seqauto("export", "--format", "json", "--output", str(output))
    refused = seqauto("export", "--format", "json", "--output", str(tmp_path / "no" / "x"))

    assert len(json.loads(output.read_text())["sequencing_runs"]) == 4
    assert "Wrote 4 sequencing runs" in written.stderr
    assert refused.exit_code == 1
    assert "Cannot write" in refused.output
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


@pytest.mark.sqlite  # a server takes no JSON that is none
@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_export_that_breaks_in_the_middle_is_an_error_and_no_whole_json(
    form: str, seqauto: Run, models_db: ModelsDb
) -> None:
    with models_db.engine.begin() as connection:
        # The last of the runs in the order of the export cannot be read.
        connection.exec_driver_sql("UPDATE sequencing_run SET facts = '{' WHERE name = ?", (TWICE,))

    done = seqauto("export", "--format", form)

    assert done.exit_code == 1
    assert "Traceback" not in done.stderr
    assert "JSONDecodeError" in done.stderr
    if form == "json":
        with pytest.raises(ValueError, match=r"."):
            json.loads(done.stdout)
