import pytest

from seqauto_pipeline.views.matrix import MatrixRow, cell_symbols, cell_words
from seqauto_pipeline_tests.views.file_rows import file_row


def test_a_cell_says_in_words_what_its_files_are() -> None:
    pair = (file_row("complete", 1), file_row("deleted", 2))
    many = (*(file_row("complete") for _ in range(7)), file_row("error"))

    assert cell_words(()) == ""
    assert cell_words(pair[:1] * 2) == "complete"
    assert cell_words(pair) == "R1 complete, R2 deleted"
    assert cell_words(many) == "7 complete, 1 error"
    assert cell_symbols(many) == (("✔7 ", "complete"), ("E1 ", "error"))


def test_as_many_files_as_fit_in_a_cell_have_a_symbol_each() -> None:
    few = tuple(file_row("complete") for _ in range(4))

    assert cell_symbols(few) == (("✔", "complete"),) * 4
    assert cell_symbols((*few, file_row("error"))) == (("✔4 ", "complete"), ("E1 ", "error"))


@pytest.mark.parametrize(
    ("facts", "remark"),
    [
        ((False, False, True), ""),
        ((False, False, False), "not processed automatically"),
        ((True, False, False), "control"),
        ((True, True, False), "control, failed"),
    ],
)
def test_a_remark_says_why_no_job_makes_files_of_a_sample(
    facts: tuple[bool, bool, bool], remark: str
) -> None:
    is_control, failed, automatically_process = facts

    row = MatrixRow(1, "s", "s", is_control, failed, automatically_process, None, {})

    assert row.remark == remark


def test_the_files_of_a_type_are_together_as_bad_as_the_worst_of_them() -> None:
    pair = (file_row("complete", 1), file_row("non_existent", 2))
    row = MatrixRow(
        sample_number=1,
        sample_name="s",
        sample_id="s",
        is_control=False,
        failed=False,
        automatically_process=True,
        enrichment_kit=None,
        files={"fastq": pair, "bam": pair[:1]},
    )

    assert row.states == {"fastq": "non_existent", "bam": "complete"}
