from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.views.files import WantedFiles, file_lines
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import EXOME, ModelsDb


def _wanted(*, unexpected: bool = False, **chosen: object) -> WantedFiles:
    return WantedFiles(Selection(**chosen), unexpected=unexpected)  # type: ignore[arg-type]


def test_lines_have_absolute_paths_and_the_name_of_the_run(
    models: OpenModels, models_db: ModelsDb
) -> None:
    (line,) = file_lines(models, _wanted(states=("deleted",)))

    assert line.path == f"{models_db.exome}/0_fastq/00S2_R2.fastq.gz"
    told = line.as_json()
    assert isinstance(told, dict)
    assert (told["sequencing_run"], told["sample_name"], told["read"]) == (EXOME, "S2", 2)
    assert told["modified"] == "2026-01-01T00:00:00.123456+00:00"


def test_lines_say_since_when_and_what_the_sheet_says_of_the_sample(models: OpenModels) -> None:
    (line,) = file_lines(models, _wanted(states=("deleted",)))

    assert line.values()[10:] == (
        "00S2",
        None,
        "idt_exome",
        "2020-09-20",
        "2026-01-04T06:00:00+00:00",
        4,
        "2026-01-01T06:00:00+00:00",
        "2026-01-02T06:00:00+00:00",
        False,
    )


def test_a_file_that_is_there_was_seen_by_the_last_scan_that_looked(models: OpenModels) -> None:
    (line,) = file_lines(models, _wanted(types=("fastq",), states=("complete",), samples=("S1",)))

    assert (line.when.since_scan, line.when.last_seen) == (4, "2026-01-04T06:00:00+00:00")


def test_files_are_listed_as_a_scan_left_them(models: OpenModels) -> None:
    lines = file_lines(models, WantedFiles(Selection(), as_of=2))

    assert [(line.below, line.data_state, line.when.since_scan) for line in lines] == [
        ("1_BAM/S0.hg38.bam", "complete", 1),
        ("0_fastq/S1_R1.fastq.gz", "deleted", 2),
        ("0_fastq/S1_R2.fastq.gz", "non_existent", 1),
        ("0_fastq/00S2_R2.fastq.gz", "complete", 1),
    ]


def test_states_are_chosen_as_they_were_then(models: OpenModels) -> None:
    wanted = WantedFiles(Selection(states=("deleted",)), as_of=2)

    (line,) = file_lines(models, wanted)

    assert line.below == "0_fastq/S1_R1.fastq.gz"
    assert line.when.last_seen == "2026-01-01T06:00:00+00:00"


def test_unexpected_files_have_no_type(models: OpenModels) -> None:
    (line,) = file_lines(models, _wanted(unexpected=True))

    assert (line.data_state, line.file, line.size) == ("unexpected", None, 7)


def test_only_the_files_of_one_run_are_listed(models: OpenModels) -> None:
    assert list(file_lines(models, _wanted(runs=(4,)))) == []
    assert len(list(file_lines(models, _wanted(runs=(1,))))) == 11


def test_a_sample_that_nobody_knows_has_no_files(models: OpenModels) -> None:
    assert list(file_lines(models, _wanted(samples=("nobody",)))) == []
