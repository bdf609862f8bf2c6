"""What was known at a moment: runs, one run and files as of a day or scan."""

import json

import pytest

from seqauto_pipeline_tests.cli.conftest import EXOME, TWICE, ModelsDb, Run


@pytest.mark.parametrize("as_of", ["2", "2026-01-02", "2026-01-03 00:00", "2abc"])
def test_files_are_those_of_that_day(seqauto: Run, models_db: ModelsDb, as_of: str) -> None:
    files = json.loads(seqauto("files", "--as-of", as_of, "--format", "json").stdout)

    assert [(file["path"].rpartition("/")[2], file["data_state"]) for file in files] == [
        ("S0.hg38.bam", "complete"),
        ("S1_R1.fastq.gz", "deleted"),
        ("S1_R2.fastq.gz", "non_existent"),
        ("00S2_R2.fastq.gz", "complete"),
    ]


def test_runs_have_the_states_counts_and_messages_of_that_day(
    seqauto: Run, models_db: ModelsDb
) -> None:
    (run,) = json.loads(seqauto("runs", "--as-of", "2026-01-01", "--format", "json").stdout)

    assert run["files"]["fastq"]["states"] == {"complete": 2, "non_existent": 1}
    assert run["open_messages"] == {"error": 2, "warning": 2, "info": 1}
    assert (run["since_scan"], run["last_seen"]) == (1, "2026-01-01T06:00:00+00:00")


def test_one_run_has_the_sheet_and_files_of_that_day(seqauto: Run, models_db: ModelsDb) -> None:
    run = json.loads(seqauto("run", EXOME, "--as-of", "2026-01-03", "--format", "json").stdout)

    assert run["sample_sheet"]["version"] == 1
    assert [sample["sample_name"] for sample in run["samples"]] == ["S1", "S0"]
    (bam,) = run["samples"][1]["files"]["bam"]
    assert (bam["data_state"], bam["since_scan"]) == ("complete", 1)
    assert [message["code"] for message in run["messages"]] == [
        "EMPTY_FILE",
        "SHEET_CHANGED",
        "READ_2_MISSING",
        "RAGGED_ROW",
    ]


def test_a_run_that_no_scan_knew_then_is_refused(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("run", f"idt_haem/{TWICE}", "--as-of", "1")

    assert result.exit_code == 2
    assert "Scan 1 did not know" in result.output


def test_before_the_first_scan_nothing_is_known(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("files", "--as-of", "2025-12-31")

    assert result.exit_code == 2
    assert "No scan had run by 2025-12-31: the first began 2026-01-01 16:30:00." in result.output
