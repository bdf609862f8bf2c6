import json

from seqauto_pipeline.views.finding import one_run
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.run_page import run_page, run_page_as_json
from seqauto_pipeline_tests.cli.conftest import EXOME, HOSTILE, MISEQ, ModelsDb


def test_the_page_has_a_row_for_each_sample_of_the_current_sheet(models: OpenModels) -> None:
    page = run_page(models, one_run(models, EXOME))

    assert [row.sample_name for row in page.rows] == ["S1", "S2", "NTC", HOSTILE]
    assert page.file_types == ("fastq", "bam", "vcf", "exec_summary")


def test_files_of_no_single_sample_stand_apart(models: OpenModels) -> None:
    page = run_page(models, one_run(models, EXOME))

    assert [file.file_type for file in page.run_files] == ["joint_vcf"]
    assert page.unexpected == 1


def test_the_page_names_the_last_scan_that_covered_the_run(models: OpenModels) -> None:
    page = run_page(models, one_run(models, EXOME))

    assert page.last_scan is not None
    assert page.last_scan.id == 4


def test_a_run_without_a_sheet_has_no_rows(models: OpenModels) -> None:
    page = run_page(models, one_run(models, MISEQ))

    assert (page.sheet, page.rows, page.file_types) == (None, (), ())


def test_programs_get_absolute_paths_and_names_as_on_disk(
    models: OpenModels, models_db: ModelsDb
) -> None:
    page = run_page(models, one_run(models, EXOME))

    given = json.loads(json.dumps(run_page_as_json(models, page)))

    hostile = given["samples"][-1]
    assert hostile["sample_name"] == HOSTILE
    assert hostile["files"]["vcf"][0]["path"] == f"{models_db.exome}/2_variants/{HOSTILE}.vcf.gz"
    assert given["sample_sheet"]["version"] == 2
