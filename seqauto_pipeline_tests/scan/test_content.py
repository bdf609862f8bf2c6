"""Content of files: loaded when new or changed, an error of its own file alone, tried again."""

import datetime as dt
import gzip
import os

import pytest

from seqauto_pipeline.settings.groups.illumina_qc import QcLimit
from seqauto_pipeline.views.findings import findings
from seqauto_pipeline.views.opening import opened
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, samples, values_text

BROKEN = {
    "gene_list": b"\x00\x01\x02binary\xff" * 9,
    "gene_coverage": gzip.compress(b"Name\tSize\nBRCA1;NM_1\tnot a number\n"),
    "exec_summary": b"Version 0.1.0\nSample another\n",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_one_file_in_error_until_it_changes(kind: str, lab: Lab) -> None:
    run = lab.run(1).complete()
    run.write(kind, "S1", data=BROKEN[kind])

    lab.scan()
    dump = lab.dump()
    lab.scan(full=True)

    assert lab.counts(run.path) == {"complete": 14, "error": 1}
    assert lab.files(run.path)[kind, "S1"] == "error"
    assert lab.dump() == dump

    run.write(kind, "S1")
    lab.scan()

    assert lab.counts(run.path) == {"complete": 15}
    assert lab.messages(run.path) == ()


def test_content_is_read_once(lab: Lab) -> None:
    lab.run(1).complete()

    first, second, full = lab.scan(), lab.scan(), lab.scan(full=True)

    assert first.summary.changes.contents == 6
    assert second.summary.changes.contents == full.summary.changes.contents == 0


def test_a_file_that_is_only_touched_changes_no_state(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    os.utime(run.place("exec_summary"), (1, 1))

    outcome = lab.scan()

    assert lab.counts(run.path) == {"complete": 15}
    assert outcome.summary.changes.contents == 1


VALUES = {
    "missing": (None, "EXEC_SUMMARY_VALUES_MISSING"),
    "empty": (b"", "EXEC_SUMMARY_VALUES_EMPTY"),
    "of another sample": (values_text("S2").encode(), "EXEC_SUMMARY_OTHER_SAMPLE"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_of_an_exec_summary_that_are_no_good_have_a_code_of_their_own(
    kind: str, lab: Lab
) -> None:
    data, code = VALUES[kind]
    run = lab.run(1).complete()
    values = run.values_of("exec_summary", "S1")
    if data is None:
        values.unlink()
    else:
        values.write_bytes(data)

    lab.scan()

    assert lab.files(run.path)["exec_summary", "S1"] == "error"
    assert lab.messages(run.path) == (code,)

    values.write_text(values_text("S1"))
    lab.scan()

    assert lab.files(run.path)["exec_summary", "S1"] == "complete"
    assert lab.messages(run.path) == ()


def test_a_figure_that_is_not_available_is_null(lab: Lab) -> None:
    run = lab.run(1).complete()
    values = values_text("S1", SampleID_LOD="NotAvail")
    run.values_of("exec_summary", "S1").write_text(values)

    lab.scan()

    assert lab.counts(run.path) == {"complete": 15}
    assert any("'SampleID_LOD': None" in repr(row) for row in lab.facts()["loaded_content"])


def test_a_figure_beyond_a_limit_of_its_kit_opens_a_message_and_fails_the_check(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    kit = run.path.partition("/")[0]

    lab.overrides["qc_limits"] = (
        QcLimit(figure="MeanDepth_Kit", kit=kit, min=500.0),
        QcLimit(figure="MeanDepth_Kit", kit="another", max=1.0),
    )
    outcome = lab.scan()

    assert outcome.summary.changes.contents == 2  # the summaries; nothing else has that figure
    texts = lab.texts("QC_OUT_OF_RANGE")
    assert all("MeanDepth_Kit is 120.5, at least 500 was expected" in each for each in texts)
    assert not any("at most 1" in each for each in texts)
    with opened(lab.home, lab.settings, dt.datetime.now(dt.UTC)) as models:
        (finding,) = (
            each for each in findings(models) if each.question.name == "qc_is_within_its_range"
        )
    assert len(finding.failing) == 2
    assert lab.scan().summary.changes.contents == 0

    lab.overrides["qc_limits"] = ()
    lab.scan()

    assert lab.messages(run.path) == ()


def test_the_rows_of_a_coverage_table_follow_the_gene_list(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    run.write("gene_list", "S1", data=b"KIF1B\n")

    outcome = lab.scan()

    assert outcome.summary.changes.contents == 2
    (rows,) = (
        repr(row) for row in lab.facts()["loaded_content"] if row[2:4] == ("gene_coverage", "S1")
    )
    assert "KIF1B" in rows
    assert "PLOD1" not in rows


def test_an_empty_gene_list_is_complete_with_a_warning(lab: Lab) -> None:
    run = lab.run(1).complete()
    run.write("gene_list", "S1", data=b"")

    lab.scan()

    assert lab.files(run.path)["gene_list", "S1"] == "complete"
    assert len(lab.messages(run.path)) == 1


def test_optional_files_are_recorded_when_found_and_deleted_when_they_go(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    assert ("flagstat", "S1") not in lab.files(run.path)

    run.write("flagstat", "S1")
    run.write("fastqc", "S1", 1)
    run.write("illumina_qc")
    lab.scan()
    assert lab.counts(run.path) == {"complete": 18}

    run.remove("flagstat", "S1")
    lab.scan()

    assert lab.files(run.path)["flagstat", "S1"] == "deleted"
    assert ("flagstat", "S2") not in lab.files(run.path)


def test_an_optional_file_that_went_with_its_sample_is_deleted_when_the_sample_is_back(
    lab: Lab,
) -> None:
    run = lab.run(1).complete()
    run.write("flagstat", "S2")
    lab.scan()
    run.remove("flagstat", "S2")
    run.write_sheet(samples("S1"))
    lab.scan()
    assert ("flagstat", "S2") not in lab.files(run.path)

    run.write_sheet(samples("S1", "S2"))
    lab.scan()

    files = lab.files(run.path)
    assert (files["flagstat", "S2"], files["bam", "S2"]) == ("deleted", "complete")
    assert lab.ledger(run.path, "flagstat", "S2") == ("complete", "retired", "deleted")
    assert ("flagstat", "S1") not in files
    assert "FILES_DELETED" not in lab.messages(run.path)


def test_a_file_above_the_limit_is_not_read_but_reported(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.environ["SEQAUTO_MAX_CONTENT_BYTES"] = "1000"
    run.write("gene_list", "S1", data=b"BRCA1\n" * 1000)

    lab.scan()

    assert lab.files(run.path)["gene_list", "S1"] == "error"
    assert "larger than the limit of 1000 bytes" in lab.texts("CONTENT_REFUSED")[0]

    del lab.environ["SEQAUTO_MAX_CONTENT_BYTES"]
    lab.scan(full=True)

    assert lab.files(run.path)["gene_list", "S1"] == "complete"


def test_a_small_file_that_unpacks_to_a_huge_one_is_not_unpacked(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.environ["SEQAUTO_MAX_DECOMPRESSED_BYTES"] = "1000000"
    run.write("gene_coverage", "S1", data=gzip.compress(b"\n" * 50_000_000))

    lab.scan()

    assert lab.files(run.path)["gene_coverage", "S1"] == "error"
    assert "unpacks to more than the limit" in lab.texts("CONTENT_REFUSED")[0]


def test_content_of_controls_and_failed_samples_is_not_read(lab: Lab) -> None:
    run = lab.run(1).complete()
    run.write("gene_list", "S1", data=BROKEN["gene_list"])
    lab.environ["SEQAUTO_CONTROL_SAMPLE_REGEX"] = "^S1$"

    lab.scan()

    assert lab.messages(run.path) == ()
    assert {state for (_, slot), state in lab.files(run.path).items() if slot[:2] == "S1"} == set()


def test_a_bam_of_nothing_is_an_error_and_one_of_anything_is_not_read(lab: Lab) -> None:
    run = lab.run(1).complete()
    run.write("bam", "S1", data=b"")
    run.write("bam", "S2", data=b"this is no BAM")

    lab.scan()

    files = lab.files(run.path)
    assert (files["bam", "S1"], files["bam", "S2"]) == ("error", "complete")
    assert "EMPTY_FILE" in lab.messages(run.path)


def two_sided(run: RunFolder) -> None:
    """Make a run odd in every way that is counted."""
    run.remove("fastq", "S1", 2)
    run.folder.joinpath(run.relative("bam", "S2") + ".bai").unlink()
    os.utime(run.place("vcf", "S1"), (1, 1))
    run.put(run.relative("bam", "S9"), b"stray")


def test_what_is_odd_about_a_run_is_counted_both_ways(lab: Lab) -> None:
    run = lab.run(1).complete()
    two_sided(run)

    lab.scan()

    assert set(lab.messages(run.path)) == {
        "READ_WITHOUT_MATE", "INDEX_MISSING", "OLDER_THAN_ITS_SOURCE", "UNEXPECTED_FILES",
    }  # fmt: skip

    run.complete()
    (run.folder / run.relative("bam", "S9")).unlink()
    lab.scan()

    assert lab.messages(run.path) == ()
