import json

import pytest

from seqauto_pipeline_tests.cli.conftest import EXOME, HOSTILE, MISEQ, TWICE, ModelsDb, Run


@pytest.mark.sqlite
def test_without_a_database_the_list_says_to_scan_first(seqauto: Run) -> None:
    result = seqauto("runs")

    assert result.exit_code == 1
    assert "No scan has run yet" in result.output
    assert "seqauto scan" in result.output


def test_runs_are_newest_first_with_counts_by_type(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("runs")

    lines = result.output.splitlines()
    assert lines[0].startswith("Sequencing run")
    assert [line.split()[0] for line in lines[1:4]] == [EXOME, TWICE, TWICE]
    assert "fastq 2/4, bam 1/2 (1 error), vcf 0/2, joint_vcf 1/1, exec_summary 1/1" in lines[1]
    assert "gold_standard" in lines[1]
    assert "1 hidden run left out; --all shows them." in result.output


def test_hidden_runs_are_listed_on_request(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("runs", "--all")

    assert result.output.splitlines()[1].startswith(MISEQ)


def test_a_page_says_where_the_next_begins(seqauto: Run, models_db: ModelsDb) -> None:
    first = seqauto("runs", "--limit", "2").output
    second = seqauto("runs", "--limit", "2", "--offset", "2").output
    beyond = seqauto("runs", "--offset", "9").output

    assert "1 to 2 of 3 sequencing runs. The next: --offset 2" in first
    assert "3 to 3 of 3 sequencing runs." in second
    assert "There are only 3 sequencing runs" in beyond


def test_runs_are_narrowed_by_state_and_kit(seqauto: Run, models_db: ModelsDb) -> None:
    by_state = json.loads(seqauto("runs", "--state", "deleted", "--format", "json").output)
    by_kit = json.loads(seqauto("runs", "--kit", "IDT_Exome", "--format", "json").output)
    none = seqauto("runs", "--kit", "other").output

    assert [run["path"] for run in by_state] == [models_db.folder("idt_haem", TWICE)]
    assert [run["name"] for run in by_kit] == [EXOME, TWICE]
    assert "Known kits: idt_exome, idt_haem." in none


def test_json_has_the_counts_by_state_and_what_nobody_acknowledged(
    seqauto: Run, models_db: ModelsDb
) -> None:
    run = json.loads(seqauto("runs", "--format", "json").output)[0]

    assert run["files"]["fastq"] == {
        "found": 2,
        "expected": 4,
        "states": {"complete": 2, "deleted": 1, "non_existent": 1, "skipped": 1},
    }
    assert run["open_messages"] == {"error": 1, "warning": 1, "info": 1}
    assert run["date"] == "2020-09-20"


def test_csv_has_one_line_for_each_run(seqauto: Run, models_db: ModelsDb) -> None:
    lines = seqauto("runs", "--format", "csv").output.splitlines()

    assert lines[0].startswith("name,path,data_state,")
    assert len(lines) == 4
    assert lines[1].startswith(f"{EXOME},{models_db.exome},complete,")


def test_one_run_is_shown_with_its_sheet_matrix_and_messages(
    seqauto: Run, models_db: ModelsDb
) -> None:
    output = seqauto("run", EXOME).output

    assert "NextSeq 500/550" in output
    assert "version              2, MD5 2222" in output
    assert "reads                151, 8 (index), 8 (index), 151 cycles" in output
    assert "R1 complete, R2 non_existent" in output
    assert "not processed automatically" in output
    assert "READ_2_MISSING [1] 0_fastq/S1_R1.fastq.gz" in output
    assert "To do: do 1" in output
    assert "1 unexpected file" in output
    assert "SHEET_CHANGED" not in output
    assert "last scan            4, disks as of 2026-01-04 16:30:00" in output


def test_one_run_says_since_when_it_is_so_and_when_scans_saw_it(
    seqauto: Run, models_db: ModelsDb
) -> None:
    output = seqauto("run", EXOME).output

    assert "state                complete, since 2026-01-01" in output
    assert "seen                 2026-01-01 to 2026-01-04" in output


def test_nothing_that_a_name_carries_acts_on_the_terminal(
    seqauto: Run, models_db: ModelsDb
) -> None:
    for command in (("run", EXOME), ("files",), ("messages",), ("export", "--format", "csv")):
        output = seqauto(*command).output

        assert "\x1b[31m" not in output
        assert "\\x1b[31m[red]" in output


def test_a_run_is_found_by_its_path(seqauto: Run, models_db: ModelsDb) -> None:
    below_root = seqauto("run", f"idt_haem/{TWICE}")
    absolute = seqauto("run", f"{models_db.root}/idt_haem/{TWICE}/")

    assert below_root.exit_code == absolute.exit_code == 0
    assert "none that could be read" in absolute.output


def test_a_name_in_two_places_asks_for_the_path(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("run", TWICE)

    assert result.exit_code == 2
    assert "is in 2 places; give the path" in result.output
    assert models_db.folder("idt_exome", TWICE) in result.output
    assert models_db.folder("idt_haem", TWICE) in result.output


def test_an_unknown_name_suggests_near_ones(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("run", EXOME.replace("0410", "0411"))

    assert result.exit_code == 2
    assert f"Did you mean\n  {EXOME}" in result.output


def test_json_of_one_run_has_its_files_by_sample_and_type(
    seqauto: Run, models_db: ModelsDb
) -> None:
    run = json.loads(seqauto("run", EXOME, "--format", "json").output)

    assert [sample["sample_name"] for sample in run["samples"]] == ["S1", "S2", "NTC", HOSTILE]
    assert run["samples"][0]["files"]["bam"][0]["path"] == f"{models_db.exome}/1_BAM/S1.hg38.bam"
    assert [file["file_type"] for file in run["files_of_the_run"]] == ["joint_vcf"]


def test_a_terminal_gets_each_run_in_a_block_that_fits(
    seqauto: Run, models_db: ModelsDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seqauto_pipeline.cli.tables.is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "100")

    lines = seqauto("runs").output.splitlines()

    assert lines[0] == (
        f"{EXOME}  2020-09-20  idt_exome  complete  1 error  1 warning  gold_standard"
    )
    assert lines[1].startswith("    fastq 2/4  bam 1/2 (1 error)  vcf 0/2")
    assert lines[2] == "    complete since 2026-01-01; seen 2026-01-01 to 2026-01-04"
    assert lines[3] == f"{TWICE}  no date     idt_exome  error  1 error"
