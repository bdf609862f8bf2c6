import json

from seqauto_pipeline.db.models import Annotation, RunEvent
from seqauto_pipeline.db.session import write_session
from seqauto_pipeline_tests.cli.conftest import EXOME, TWICE, ModelsDb, Run, scan_time


def test_the_life_of_a_file_has_each_change_with_its_scan(
    seqauto: Run, models_db: ModelsDb
) -> None:
    output = seqauto("log", f"{models_db.exome}/0_fastq/S1_R1.fastq.gz").output

    size = "(101 bytes, modified 2026-01-01 10:30:00)"
    assert output.splitlines() == [
        f"{models_db.exome}/0_fastq/S1_R1.fastq.gz",
        "  now complete: fastq of sample S1",
        "  first seen  2026-01-01 16:30:00  scan 1    ",
        "  last seen   2026-01-04 16:30:00  scan 4    ",
        f"  2026-01-01 16:30:00  scan 1      new: complete  {size}",
        "  2026-01-02 16:30:00  scan 2      complete -> deleted",
        f"  2026-01-04 16:30:00  scan 4      deleted -> complete  {size}",
    ]


def test_the_life_of_a_sample_is_that_of_its_files(seqauto: Run, models_db: ModelsDb) -> None:
    lives = json.loads(seqauto("log", "00S2", "--format", "json").output)

    deleted = next(life for life in lives if life["path"].endswith("00S2_R2.fastq.gz"))
    assert len(lives) == 3
    assert (deleted["first_seen_scan"], deleted["last_seen_scan"]) == (1, 2)
    assert [change["new_state"] for change in deleted["changes"]] == ["complete", "deleted"]
    assert deleted["changes"][1]["time"] == "2026-01-04T06:00:00+00:00"


def test_the_life_of_a_run_counts_its_files_by_kind_of_change(
    seqauto: Run, models_db: ModelsDb
) -> None:
    output = seqauto("log", EXOME).output

    assert "run new: complete" in output
    assert "fastq new: complete: 2 files" in output
    assert "bam complete -> retired: 1 file" in output


def test_a_path_that_nothing_called_for_points_to_explain(
    seqauto: Run, models_db: ModelsDb
) -> None:
    result = seqauto("log", f"{models_db.exome}/0_fastq/nobody.fastq.gz")

    assert result.exit_code == 2
    assert "seqauto explain PATH" in result.output


def test_what_is_neither_file_nor_run_nor_sample_is_said_to_be(
    seqauto: Run, models_db: ModelsDb
) -> None:
    result = seqauto("log", "nobody")

    assert result.exit_code == 2
    assert "'nobody' is no file, run or sample" in result.output


def test_a_scan_is_told_by_what_it_changed(seqauto: Run, models_db: ModelsDb) -> None:
    output = seqauto("diff", "latest").output

    assert "What scan 4 changed (disks as of 2026-01-04 16:30:00)" in output
    assert "fastq complete -> deleted: 1 file\n          0_fastq/00S2_R2.fastq.gz" in output
    assert f"idt_haem/{TWICE}\n      run error -> deleted: the run folder is gone" in output
    assert "4 files changed, in 2 sequencing runs." in output


def test_what_went_and_came_back_is_no_difference_between_two_scans(
    seqauto: Run, models_db: ModelsDb
) -> None:
    both = seqauto("diff", "1", "4abc", "--format", "json").output

    exome = json.loads(both)[0]
    paths = [change["path"].rpartition("/")[2] for change in exome["file_changes"]]
    assert paths == ["S0.hg38.bam", "S2.hg38.bam", "00S2_R2.fastq.gz"]


def test_a_scan_that_changed_nothing_says_so(seqauto: Run, models_db: ModelsDb) -> None:
    assert "Nothing changed." in seqauto("diff", "3").output


def test_an_unknown_scan_is_a_usage_error(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("diff", "77")

    assert result.exit_code == 2
    assert "No scan '77'" in result.output


def test_the_versions_of_a_sheet_are_listed_and_compared(seqauto: Run, models_db: ModelsDb) -> None:
    log = seqauto("sheet", "log", EXOME).output
    difference = seqauto("sheet", "diff", EXOME).output
    as_json = json.loads(seqauto("sheet", "diff", EXOME, "1", "2", "--format", "json").output)
    unknown = seqauto("sheet", "diff", EXOME, "1", "9")

    assert "current" in log.splitlines()[2]
    assert f"{EXOME}: version 1 to version 2" in difference
    assert 'Sample "S0" was removed.' in difference
    assert as_json["meaningful"] is True
    assert "+1,S1,ACGT" in as_json["text"]
    assert unknown.exit_code == 2
    assert "has no sheet version 9; there is 1, 2." in unknown.output


def test_a_run_without_a_sheet_has_no_versions(seqauto: Run, models_db: ModelsDb) -> None:
    log = seqauto("sheet", "log", f"idt_haem/{TWICE}")
    difference = seqauto("sheet", "diff", f"idt_haem/{TWICE}")

    assert "never had a sample sheet" in log.output
    assert difference.exit_code == 1
    assert "there is nothing to compare" in difference.output


def test_a_day_stands_for_what_its_scans_changed(seqauto: Run, models_db: ModelsDb) -> None:
    of_day = seqauto("diff", "2026-01-04").output
    of_scan = seqauto("diff", "4").output

    assert of_day == of_scan


def test_two_days_stand_for_the_last_scans_by_their_ends(seqauto: Run, models_db: ModelsDb) -> None:
    of_days = seqauto("diff", "2026-01-01", "latest", "--format", "json").output

    assert of_days == seqauto("diff", "1", "4", "--format", "json").output


def test_a_day_without_a_scan_says_so(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("diff", "2026-01-09")

    assert result.exit_code == 2
    assert "No scan ran on 2026-01-09: the last before began 2026-01-04 16:30:00." in result.output


def test_sheets_flags_and_messages_are_told_too(seqauto: Run, models_db: ModelsDb) -> None:
    with write_session(models_db.engine) as session:
        said = {"what": "bad", "is_on": True, "who": "Ann", "why": "tilted"}
        session.add(Annotation(sequencing_run_id=1, at=scan_time(5), **said))

    output = seqauto("diff", "1", "4").output
    exome = json.loads(seqauto("diff", "1", "4", "--format", "json").output)[0]

    assert "sheet changed: version 1 to 2" in output
    assert 'Sample "S0" was removed.' in output
    assert "2026-01-05 16:30:00  bad on, by Ann: tilted" in output
    assert "message closed: error SHEET_MISSING [4] text 4" in output
    assert exome["sheet_changes"][0]["new_version"] == 2
    assert [each["what"] for each in exome["flag_changes"]] == ["bad"]
    assert [each["code"] for each in exome["messages_closed"]] == ["SHEET_MISSING"]


def test_messages_about_no_run_are_told_of_the_scan_as_a_whole(
    seqauto: Run, models_db: ModelsDb
) -> None:
    output = seqauto("diff", "1").output

    assert "The scan as a whole\n      new message: error ROOT_UNAVAILABLE [7] text 7" in output


def test_a_difference_is_narrowed_as_lists_are(seqauto: Run, models_db: ModelsDb) -> None:
    of_type = json.loads(seqauto("diff", "4", "--type", "bam", "--format", "json").output)
    of_kit = json.loads(seqauto("diff", "4", "--kit", "idt_haem", "--format", "json").output)

    (exome,) = of_type
    assert {each["file_type"] for each in exome["file_changes"]} == {"bam"}
    assert (exome["run_changes"], exome["sheet_changes"]) == ([], [])
    assert [each["sequencing_run"] for each in of_kit] == [TWICE]


def test_a_life_is_narrowed_by_type_and_day(seqauto: Run, models_db: ModelsDb) -> None:
    by_type = json.loads(seqauto("log", EXOME, "--type", "bam", "--format", "json").output)
    by_day = json.loads(seqauto("log", "S1", "--since", "2", "--format", "json").output)

    assert {change["scan"] for change in by_type["file_changes"]} == {1, 4}
    assert len(by_type["file_changes"]) == 3
    assert [change["scan"] for life in by_day for change in life["changes"]] == [4]


def test_a_moved_run_reads_as_moved(seqauto: Run, models_db: ModelsDb) -> None:
    moved = {"old_state": "complete", "new_state": "complete", "detail": "moved from /old/place"}
    with write_session(models_db.engine) as session:
        session.add(RunEvent(sequencing_run_id=1, scan_id=4, **moved))

    output = seqauto("diff", "4").output

    assert "      run moved from /old/place\n" in output
    assert "run complete, its size or time changed" not in output
