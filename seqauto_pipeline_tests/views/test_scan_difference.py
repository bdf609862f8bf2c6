from seqauto_pipeline.views.finding import one_scan
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.scan_difference import scan_difference
from seqauto_pipeline_tests.cli.conftest import ModelsDb


def test_runs_of_which_files_changed_come_before_those_that_only_changed_state(
    models: OpenModels, models_db: ModelsDb
) -> None:
    found = list(scan_difference(models, 3, one_scan(models, "4")))

    assert [each.run.id for each in found] == [1, 4]
    assert [len(each.file_changes) for each in found] == [4, 0]
    assert [change.detail for change in found[1].run_changes] == ["the run folder is gone"]


def test_between_two_scans_what_went_and_came_back_is_no_difference(models: OpenModels) -> None:
    (first, *_) = scan_difference(models, 1, one_scan(models, "4"))

    paths = {change.path for change in first.file_changes}
    assert "0_fastq/S1_R1.fastq.gz" not in paths
    assert "0_fastq/00S2_R2.fastq.gz" in paths


def test_a_scan_that_changed_nothing_has_no_difference(models: OpenModels) -> None:
    assert list(scan_difference(models, 2, one_scan(models, "3"))) == []
