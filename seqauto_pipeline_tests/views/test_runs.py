from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.runs import RUN_COLUMNS, run_lines


def test_lines_keep_the_order_of_the_ids(models: OpenModels) -> None:
    assert [line.run.id for line in run_lines(models, (3, 1, 2))] == [3, 1, 2]


def test_a_line_counts_files_without_retired_ones_and_messages_that_are_open(
    models: OpenModels,
) -> None:
    (line,) = run_lines(models, (1,))

    assert line.files_words == (
        "fastq 2/4, bam 1/2 (1 error), vcf 0/2, joint_vcf 1/1, exec_summary 1/1"
    )
    assert line.open_messages == {"warning": 1, "error": 1, "info": 1}


def test_a_run_without_files_has_zeros(models: OpenModels) -> None:
    (line,) = run_lines(models, (3,))

    values = dict(zip(RUN_COLUMNS, line.values(), strict=True))
    assert (values["found"], values["expected"], values["files"]) == (0, 0, "")
    assert (values["errors"], values["warnings"]) == (1, 0)
