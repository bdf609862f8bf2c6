from seqauto_pipeline.db.queries.files import FileCount
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.views.tallies import Tally, tallies


def test_skipped_files_are_not_expected_and_files_in_error_are_not_found() -> None:
    tally = Tally("bam", {"complete": 22, "error": 1, "non_existent": 1, "skipped": 5})

    assert (tally.found, tally.expected) == (22, 24)
    assert tally.words == "bam 22/24 (1 error)"


def test_several_errors_are_counted_in_the_plural() -> None:
    assert Tally("bam", {"error": 2}).words == "bam 0/2 (2 errors)"


def test_types_stand_in_the_order_of_the_layout_and_those_wholly_skipped_are_left_out() -> None:
    counts = [
        FileCount(1, "vcf", "complete", 3),
        FileCount(1, "bam", "complete", 2),
        FileCount(1, "bam", "deleted", 1),
        FileCount(1, "fastq", "skipped", 4),
        FileCount(2, "of_an_old_layout", "complete", 1),
        FileCount(2, "fastq", "complete", 1),
    ]

    found = tallies(counts, (load_layout("tau"),))

    assert found == {
        1: (Tally("bam", {"complete": 2, "deleted": 1}), Tally("vcf", {"complete": 3})),
        2: (Tally("fastq", {"complete": 1}), Tally("of_an_old_layout", {"complete": 1})),
    }
