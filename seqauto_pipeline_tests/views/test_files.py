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
    assert (line.sequencing_run, line.sample_name, line.read) == (EXOME, "S2", 2)
    assert line.modified == "2026-01-01T00:00:00.123456+00:00"


def test_unexpected_files_have_no_type(models: OpenModels) -> None:
    (line,) = file_lines(models, _wanted(unexpected=True))

    assert (line.data_state, line.file_type, line.size) == ("unexpected", None, 7)


def test_only_the_files_of_one_run_are_listed(models: OpenModels) -> None:
    assert list(file_lines(models, _wanted(runs=(4,)))) == []
    assert len(list(file_lines(models, _wanted(runs=(1,))))) == 11


def test_a_sample_that_nobody_knows_has_no_files(models: OpenModels) -> None:
    assert list(file_lines(models, _wanted(samples=("nobody",)))) == []
