"""What is there and unexplained, and what is explained and odd."""

import pytest

from seqauto_pipeline.core.expectation.expected_files import expected_files
from seqauto_pipeline.core.file_list import Entry, EntryKind
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.verdict.accounting import account
from seqauto_pipeline.core.verdict.unexpected_files import UnexpectedEntry, unexpected_files
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.core.listings import (
    NS,
    READS,
    expecting,
    file_of,
    layout,
    refusal,
    run_listing,
    sample,
)

TAU = load_layout("tau")
SMALL = layout(
    '[file_types.fastq]\nper = "read"\npatterns = ["fq/{sample_name}_R{read}.fq"]\n'
    '[file_types.bam]\nnon_empty = true\nindex_suffixes = [".bai", ".csi"]\n'
    'patterns = ["bam/{sample_name}.bam"]\n'
    '[file_types.vcf]\nmade_from = "bam"\npatterns = ["vcf/{sample_name}.vcf"]\n'
)


def accounted(listing, *samples, at: Layout = SMALL) -> dict[str, Problem]:
    expected = expected_files(expecting(), samples or (sample("S1"),), at, listing, frozenset())
    problems = account(expected, unexpected_files(expected, at, listing), listing)
    return {problem.code: problem for problem in problems}


def whole(*names: str) -> dict[str, Entry]:
    """Give all that is expected of some samples, with nothing odd about it."""
    return {
        path: file_of()
        for name in names
        for path in (
            f"fq/{name}_R1.fq",
            f"fq/{name}_R2.fq",
            f"bam/{name}.bam",
            f"bam/{name}.bam.bai",
            f"vcf/{name}.vcf",
        )
    }


def test_a_run_as_it_should_be_has_nothing_odd():
    assert accounted(run_listing(whole("S1"))) == {}


def test_an_index_that_no_file_type_has_is_unexpected():
    problem = accounted(run_listing(whole("S1") | {"bam/S1.bam.tbi": file_of()}))

    assert problem["UNEXPECTED_FILES"].message.endswith(": bam/S1.bam.tbi")


def test_files_that_no_row_explains_are_listed_in_path_order():
    listing = run_listing({**whole("S1"), "fq/z.fq": file_of(3), "fq/a.fq": file_of(4)})

    found = unexpected_files(
        expected_files(expecting(), [sample("S1")], SMALL, listing, frozenset()), SMALL, listing
    )

    assert found == (
        UnexpectedEntry("fq/a.fq", 4, NS),
        UnexpectedEntry("fq/z.fq", 3, NS),
    )


def test_the_message_names_five_of_them_and_counts_the_rest():
    strays = {f"fq/stray{n}\x1b.fq": file_of() for n in range(7)}

    problem = accounted(run_listing(strays))["UNEXPECTED_FILES"]

    assert problem.severity == "info"
    assert problem.message == (
        "7 files that no sample sheet row explains: fq/stray0\\x1b.fq, fq/stray1\\x1b.fq, "
        "fq/stray2\\x1b.fq, fq/stray3\\x1b.fq, fq/stray4\\x1b.fq and 2 more"
    )


def test_in_tau_nothing_that_the_layout_names_is_unexpected():
    listing = run_listing(
        [
            "0_fastq/Undetermined_S0_R1.fastq.gz",
            "0_fastq/FastQC/S1_R1_fastqc/fastqc_data.txt",
            "0_fastq/FastQC/old_fastqc/fastqc_data.txt",
            "0_fastq/S1_R1.fastq.gz",
            "1_BAM/S1.hg38.bam",
            "1_BAM/S1.hg38.bam.bai",
            "4_QC/exec_stats/S1_qc_summary.txt",
            "4_QC/exec_stats/S1_stats.tsv",
            "4_QC/sequencing_stats/RunInfo.xml",
            "4_QC/sequencing_stats/RTAComplete.txt",
            "SampleSheet.csv",
            "notes.txt",
        ]
    )

    assert "UNEXPECTED_FILES" not in accounted(listing, at=TAU)


def test_the_instruments_markers_are_explained_where_the_layout_leaves_it_to_them():
    at = layout('[file_types.a]\npatterns = ["{sample_id}.a"]', run="markers_by_instrument = true")
    listing = run_listing(["S1.a", "RTAComplete.txt", "CopyComplete.txt", "SampleSheet.csv", "x"])

    assert accounted(listing, at=at)["UNEXPECTED_FILES"].message.endswith("explains: x")


def test_a_file_that_left_the_sheet_is_unexpected_while_it_is_there():
    problem = accounted(run_listing(["bam/S2.bam"]))["UNEXPECTED_FILES"]

    assert problem.message == "1 file that no sample sheet row explains: bam/S2.bam"


def test_a_sample_without_a_single_file_is_told_of():
    listing = run_listing(whole("S1"))

    problem = accounted(listing, sample("S1"), sample("S2", 2))["SAMPLE_WITHOUT_FILES"]

    assert problem.severity == "warning"
    assert problem.message == "1 sample of the sheet without a single file: S2"


def test_where_a_run_was_converted_the_index_is_the_first_thing_to_look_at():
    some = accounted(run_listing(whole("S1")), sample("S1"), sample("S2", 2))
    none = accounted(run_listing({}), sample("S1"), sample("S2", 2))
    rest = accounted(run_listing(["bam/Undetermined_S0_L001_R1_001.fastq.gz"]), sample("S1"))

    for converted in (some, rest):
        fix = converted["SAMPLE_WITHOUT_FILES"].fix
        assert fix.startswith("First see whether any reads matched")
    assert none["SAMPLE_WITHOUT_FILES"].fix.startswith("Convert the run, or check the names")


def test_a_sample_whose_directories_cannot_be_read_is_not_said_to_have_none():
    listing = run_listing({}, unreadable=[refusal("bam")])

    assert "SAMPLE_WITHOUT_FILES" not in accounted(listing)


def test_a_skipped_sample_is_not_told_of():
    listing = run_listing({"fq/NTC_R1.fq": file_of(), "bam/NTC.bam": file_of(0)})

    assert accounted(listing, sample("NTC", skipped=True)) == {}


@pytest.mark.parametrize(("there", "missing"), [("R1", "R2"), ("R2", "R1")])
def test_a_read_without_its_mate_is_told_of(there, missing):
    files = whole("S1")
    del files[f"fq/S1_{missing}.fq"]

    problem = accounted(run_listing(files))["READ_WITHOUT_MATE"]

    assert problem.message == (
        f"1 read missing while the other read of the pair is there: fq/S1_{missing}.fq"
    )


def test_a_pair_of_which_both_are_missing_or_hidden_is_not_told_of():
    files = whole("S1")
    del files["fq/S1_R1.fq"]
    hidden = run_listing(files, unreadable=[refusal("fq/S1_R1.fq")])
    del files["fq/S1_R2.fq"]

    assert "READ_WITHOUT_MATE" not in accounted(run_listing(files))
    assert "READ_WITHOUT_MATE" not in accounted(hidden)


def test_a_single_read_run_has_no_pairs():
    listing = run_listing(whole("S1"))
    expected = expected_files(
        expecting(reads=READS[:1]), [sample("S1")], SMALL, listing, frozenset()
    )

    assert account(expected, (), listing) == ()


def test_pairs_are_told_apart_by_lane():
    at = layout(
        '[file_types.fastq]\nper = "read"\npatterns = ["{sample_name}_{lane_code}_R{read}.fq"]'
    )
    listing = run_listing(["S1_L001_R1.fq", "S1_L002_R2.fq"])

    problem = accounted(listing, sample("S1", lanes=[1, 2]), at=at)["READ_WITHOUT_MATE"]

    assert problem.message.endswith(": S1_L001_R2.fq, S1_L002_R1.fq")


@pytest.mark.parametrize("index", ["S1.bam.bai", "S1.bai", "S1.bam.csi"])
def test_an_index_may_be_named_in_either_way(index):
    files = whole("S1")
    del files["bam/S1.bam.bai"]

    assert "INDEX_MISSING" in accounted(run_listing(files))
    assert "INDEX_MISSING" not in accounted(run_listing({**files, f"bam/{index}": file_of()}))


def test_an_index_that_is_a_link_to_nothing_is_missing():
    broken = {"bam/S1.bam.bai": Entry(EntryKind.BROKEN_LINK, 0, NS)}

    problem = accounted(run_listing(whole("S1") | broken))["INDEX_MISSING"]

    assert problem.message == "1 file without an index beside: bam/S1.bam"


def test_a_file_older_than_what_it_was_made_from_is_told_of():
    older = {"vcf/S1.vcf": file_of(modified_ns=NS - 1)}

    problem = accounted(run_listing(whole("S1") | older))["OLDER_THAN_ITS_SOURCE"]

    assert problem.message == "1 file older than what it was made from: vcf/S1.vcf"


@pytest.mark.parametrize("gone", ["vcf/S1.vcf", "bam/S1.bam"])
def test_what_is_not_there_is_not_older(gone):
    files = whole("S1") | {"vcf/S1.vcf": file_of(modified_ns=NS - 1)}

    del files[gone]
    broken = {**files, gone: Entry(EntryKind.BROKEN_LINK, 0, 0)}

    assert "OLDER_THAN_ITS_SOURCE" not in accounted(run_listing(files))
    assert "OLDER_THAN_ITS_SOURCE" not in accounted(run_listing(broken))


@pytest.mark.parametrize(
    ("entry", "code", "says"),
    [
        (file_of(0), "EMPTY_FILE", "the file is empty (0 bytes)"),
        (
            Entry(EntryKind.OTHER, 0, NS),
            "NOT_A_REGULAR_FILE",
            "it is no regular file but a directory, FIFO, socket or device",
        ),
        (
            Entry(EntryKind.LINK_OUT, 0, NS),
            "LINK_OUT_OF_ROOT",
            "it is a symbolic link that leads out of the scanned root",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error_of_its_own(entry, code, says):
    problem = accounted(run_listing(whole("S1") | {"bam/S1.bam": entry}))[code]

    assert (problem.severity, problem.path, problem.message) == ("error", "bam/S1.bam", says)
    assert problem.fix.endswith(".")


def test_an_empty_file_of_reads_is_first_of_all_one_of_a_sample_without_reads():
    at = layout(
        '[file_types.fastq]\nper = "read"\nnon_empty = true\n'
        'patterns = ["fq/{sample_name}_R{read}.fq"]'
    )
    nothing, empty_gzip = (
        accounted(run_listing({f"fq/S1_R{read}.fq": file_of(size) for read in (1, 2)}), at=at)
        for size in (0, 20)
    )

    assert nothing["EMPTY_FILE"].message == (
        "the file is empty (0 bytes): most likely no reads of the run matched the sample's index"
    )
    assert nothing["EMPTY_FILE"].fix.startswith("Compare the sample's index with the barcodes")
    assert empty_gzip == {}


def test_a_file_that_cannot_be_looked_at_is_not_judged():
    files = whole("S1") | {"bam/S1.bam": Entry(EntryKind.UNKNOWN, 0, 0)}

    assert "NOT_A_REGULAR_FILE" not in accounted(
        run_listing(files, unreadable=[refusal("bam/S1.bam", "ENOENT")])
    )
