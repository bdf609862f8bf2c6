import csv
import io
import json

from seqauto_pipeline_tests.cli.conftest import EXOME, HOSTILE, TWICE, ModelsDb, Run


def test_files_are_listed_by_state_with_absolute_paths(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("files", "--state", "deleted", "--state", "error")

    remark = "  (sample 00S2; kit idt_exome; run of 2020-09-20; seen 2026-01-01 to {})"
    assert result.stdout.splitlines() == [
        f"error        2026-01-04 bam           {models_db.exome}/1_BAM/S2.hg38.bam  EMPTY_FILE"
        + remark.format("2026-01-04"),
        f"deleted      2026-01-04 fastq         {models_db.exome}/0_fastq/00S2_R2.fastq.gz"
        + remark.format("2026-01-02"),
    ]
    assert result.stderr.strip() == "2 files"


def test_a_sample_is_found_by_its_name_and_by_its_id(seqauto: Run, models_db: ModelsDb) -> None:
    by_name = json.loads(seqauto("files", "--sample", "S2", "--format", "json").stdout)
    by_id = json.loads(seqauto("files", "--sample", "00S2", "--format", "json").stdout)

    assert by_name == by_id
    assert [file["file_type"] for file in by_name] == ["bam", "fastq", "fastq"]


def test_type_run_and_limit_narrow_the_list(seqauto: Run, models_db: ModelsDb) -> None:
    of_run = seqauto("files", "--run", EXOME, "--type", "fastq", "--limit", "2").stdout
    of_other = seqauto("files", "--run", f"idt_haem/{TWICE}").stdout

    assert len(of_run.splitlines()) == 2
    assert "No file like that." in of_other


def test_unexpected_and_retired_files_are_lists_of_their_own(
    seqauto: Run, models_db: ModelsDb
) -> None:
    unexpected = seqauto("files", "--unexpected").stdout
    retired = seqauto("files", "--retired").stdout

    assert unexpected == f"unexpected   {models_db.exome}/0_fastq/stray_R1.fastq.gz\n"
    assert "1_BAM/S0.hg38.bam" in retired
    assert len(retired.splitlines()) == 1


def test_unexpected_files_have_no_state_to_ask_for(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("files", "--unexpected", "--state", "error")

    assert result.exit_code == 2
    assert "--unexpected goes with --run and --flag only" in result.output


def test_what_is_not_known_is_answered_with_what_is(seqauto: Run, models_db: ModelsDb) -> None:
    of_type = seqauto("files", "--type", "cram").output
    of_sample = seqauto("files", "--sample", "nobody").output

    assert "Known file types: bam, exec_summary, fastq, joint_vcf, vcf." in of_type
    assert "No sample has the name or id 'nobody'" in of_sample


def test_csv_neutralises_formulas_and_escapes_and_leaves_numbers(
    seqauto: Run, models_db: ModelsDb
) -> None:
    text = seqauto("files", "--format", "csv").stdout

    rows = list(csv.DictReader(io.StringIO(text)))
    hostile = next(row for row in rows if "2+5" in row["sample_name"])
    assert hostile["sample_name"] == "'=2+5\\x1b[31m[red]"
    assert rows[0]["size"] == "106"


def test_json_has_names_unharmed(seqauto: Run, models_db: ModelsDb) -> None:
    text = seqauto("files", "--type", "vcf", "--format", "json").stdout

    assert "\x1b" not in text
    assert HOSTILE in {file["sample_name"] for file in json.loads(text)}
