import pytest

from seqauto_pipeline.db.queries.files import FileRow
from seqauto_pipeline.views.matrix import MatrixRow, cell_symbols, cell_words


def _file(state: str, read: int | None = None) -> FileRow:
    return FileRow(
        id=1,
        sequencing_run_id=1,
        file_type="fastq",
        slot="s",
        sample_name="s",
        lane=None,
        read=read,
        path="p",
        data_state=state,
        reason=None,
        size=None,
        modified_ns=None,
        seen_path=None,
        first_seen_scan_id=None,
        last_seen_scan_id=None,
        retired=False,
    )


def test_a_cell_says_in_words_what_its_files_are() -> None:
    pair = (_file("complete", 1), _file("deleted", 2))
    many = (*(_file("complete") for _ in range(7)), _file("error"))

    assert cell_words(()) == ""
    assert cell_words(pair[:1] * 2) == "complete"
    assert cell_words(pair) == "R1 complete, R2 deleted"
    assert cell_words(many) == "7 complete, 1 error"
    assert cell_symbols(many) == (("✔7 ", "complete"), ("E1 ", "error"))


def test_as_many_files_as_fit_in_a_cell_have_a_symbol_each() -> None:
    few = tuple(_file("complete") for _ in range(4))

    assert cell_symbols(few) == (("✔", "complete"),) * 4
    assert cell_symbols((*few, _file("error"))) == (("✔4 ", "complete"), ("E1 ", "error"))


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
    pair = (_file("complete", 1), _file("non_existent", 2))
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
