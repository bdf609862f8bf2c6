import json
from pathlib import Path

from seqauto_pipeline_tests.cli.conftest import EXOME, ModelsDb, Run


def test_a_missing_file_is_explained_with_row_pattern_place_and_near_names(
    seqauto: Run, models_db: ModelsDb
) -> None:
    output = seqauto("explain", f"{models_db.exome}/0_fastq/S1_R2.fastq.gz").output

    assert "non_existent: it was not found, and no scan ever saw it" in output
    assert "SampleSheet.csv version 2, line 3: sample_id S1, sample_name S1, lane 1" in output
    assert "not usable: {index2} has no value here" in output
    assert "0_fastq/S1_R2.fastq.gz: not there, chosen" in output
    assert "by scan 4, disks as of 2026-01-04 16:30:00" in output
    assert "0_fastq: listed 2026-01-01 10:30:00, 3 names" in output
    assert (
        "s1_S1_L001_R2_001.fastq.gz: differs in Illumina's _S1, _L001 or _001, upper and lower case"
        in output
    )


def test_the_same_name_in_another_directory_is_pointed_out(
    seqauto: Run, models_db: ModelsDb
) -> None:
    output = seqauto("explain", "S2", "fastq").output

    assert "2_variants/00S2_R2.fastq.gz: the same name, in another directory" in output
    assert "deleted: an earlier scan saw it" in output
    assert "first scan 1 (2026-01-01 16:30:00), last scan 2" in output


def test_a_file_that_came_since_the_scan_is_seen_now(seqauto: Run, models_db: ModelsDb) -> None:
    path = Path(models_db.exome) / "0_fastq" / "S1_R2.fastq.gz"
    path.parent.mkdir(parents=True)
    path.touch()

    output = seqauto("explain", str(path)).output

    assert f"it is there now: it came since. Scan its run: seqauto scan --run {EXOME}" in output


def test_a_directory_of_another_case_is_pointed_out(seqauto: Run, models_db: ModelsDb) -> None:
    output = seqauto("explain", "S2", "bam").output
    missing = seqauto("explain", "S1", "vcf").output

    assert "error (EMPTY_FILE): it is there, and could not be read or cannot be right" in output
    assert "1_BAM: was not there, or could not be listed" in output
    assert "running: a job that makes it" in missing


def test_what_could_not_be_read_is_named(seqauto: Run, models_db: ModelsDb) -> None:
    output = seqauto("explain", "S1", "exec_summary").output

    assert "4_QC could not be read (EACCES): permission denied" in output
    assert "hidden by what could not be read" in output


def test_a_path_that_nothing_expects_is_explained_by_what_is_expected(
    seqauto: Run, models_db: ModelsDb
) -> None:
    output = seqauto("explain", f"{models_db.exome}/0_fastq/s1_R1.fastq.gz").output

    assert "not expected: no sheet row and pattern lead to this path" in output
    assert "0_fastq/S1_R1.fastq.gz is complete (upper and lower case)" in output


def test_a_type_without_a_record_says_what_would_be_looked_for(
    seqauto: Run, models_db: ModelsDb
) -> None:
    missing = seqauto("explain", "NTC", "bam").output
    unknown = seqauto("explain", "S1", "cram")

    assert "no such file is on record" in missing
    assert "1_BAM/NTC.hg38.bam: not there" in missing
    assert unknown.exit_code == 2
    assert "has no file type 'cram'; it has fastq," in unknown.output


def test_an_unknown_sample_or_place_is_a_usage_error(seqauto: Run, models_db: ModelsDb) -> None:
    sample = seqauto("explain", "nobody", "bam")
    place = seqauto("explain", "/nowhere/x.bam")
    folder = seqauto("explain", models_db.exome)

    assert "No sheet names a sample 'nobody'" in sample.output
    assert "lies in no sequencing run that is known" in place.output
    assert f"is a run folder; all of it is shown by: seqauto run {EXOME}" in folder.output
    assert {sample.exit_code, place.exit_code, folder.exit_code} == {2}


def test_a_mistyped_sample_or_type_is_told_with_the_near_one(
    seqauto: Run, models_db: ModelsDb
) -> None:
    sample = seqauto("explain", "00S22", "bam")
    file_type = seqauto("explain", "S1", "bma")

    assert (sample.exit_code, file_type.exit_code) == (2, 2)
    assert "No sheet names a sample '00S22'; did you mean 00S2?" in sample.output
    assert "has no file type 'bma'; did you mean bam?" in file_type.output


def test_without_the_kept_file_list_the_models_still_explain(
    seqauto: Run, models_db: ModelsDb
) -> None:
    (models_db.home / "scans" / "record-4.jsonl.gz").unlink()

    output = seqauto("explain", "S1", "fastq").output

    assert "what was listed then is not known any more" in output
    assert "SampleSheet.csv version 2, line 3" in output


def test_programs_get_the_facts_of_an_explanation(seqauto: Run, models_db: ModelsDb) -> None:
    (told,) = json.loads(seqauto("explain", "S1", "bam", "--format", "json").output)

    assert told["title"] == f"{models_db.exome}/1_BAM/S1.hg38.bam"
    assert told["has_record"] is True
    state = {fact["label"]: fact for fact in told["facts"]}["state"]
    assert state["state"] == "complete"
    assert state["text"].startswith("complete: it was found")
