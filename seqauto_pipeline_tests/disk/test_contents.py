"""The content of found files: read when new or changed, never otherwise, and never trusted."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline.core.verdict.run_judgement import judge_run
from seqauto_pipeline.core.verdict.run_parsing import parse_run
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.disk.contents.loading import ContentRequests
from seqauto_pipeline.disk.contents.request import ContentRequest
from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline_tests.disk.conftest import unprivileged
from seqauto_pipeline_tests.disk.contents_reader import COVERAGE, GENES, SUMMARY, TAU, Reader
from seqauto_pipeline_tests.scan.run_folder import values_text


@pytest.fixture(autouse=True)
def _from_lists_too(reader: Reader) -> None:
    reader.reads_lists = True


def test_every_kind_of_content_is_read_once(reader: Reader):
    found = reader.reads()

    assert {kind for kind, _ in found.read} == {
        "exec_summary",
        "gene_list",
        "gene_coverage",
        "flagstat",
        "fastqc",
        "illumina_qc",
    }
    assert all(result.data for result in found.read.values())
    assert found.error_codes == {}
    assert reader.reads().read == {}


def test_unchanged_contents_are_not_opened(reader: Reader, monkeypatch: pytest.MonkeyPatch):
    reader.reads()
    listing, reader.reads_lists = reader.listed(), False
    monkeypatch.setattr(os, "open", None)

    assert reader.reads(listing).read == {}


@pytest.mark.parametrize("key", [SUMMARY, GENES])
def test_what_has_changed_is_read_again_and_nothing_else(reader: Reader, key):
    reader.reads()
    path = reader.run.place(key[0])
    path.write_bytes(path.read_bytes() + b"\n")

    assert reader.reads().read.keys() >= {key}
    assert reader.reads().read == {}


def test_changed_values_beside_a_summary_are_a_change_of_it(reader: Reader):
    reader.reads()
    reader.run.values_of("exec_summary").write_text(values_text("S1", Reads="77"))

    found = reader.reads()

    assert list(found.read) == [SUMMARY]
    assert json.loads(found.read[SUMMARY].data)["values"]["Reads"] == 77


def test_gene_coverage_keeps_the_rows_of_the_samples_gene_list(reader: Reader):
    reader.run.put(reader.run.relative("gene_list"), b"ACADM\n")
    one = reader.reads().read[COVERAGE]

    reader.run.put(reader.run.relative("gene_list"), b"NOTHING_OF_THIS\n")
    again = reader.reads()

    assert set(again.read) == {GENES, COVERAGE}
    assert again.read[COVERAGE].data != one.data


def test_a_setting_that_keeps_other_rows_reads_coverage_again(reader: Reader):
    reader.reads()

    reader.options = ContentOptions(gene_rows="all")

    assert list(reader.reads().read) == [COVERAGE]


def test_a_summary_of_another_sample_is_an_error_of_its_own(reader: Reader):
    reader.run.place("exec_summary").write_text("Version 0.1.0\nSample S2\n")

    found = reader.reads()

    (problem,) = found.problems[SUMMARY]
    assert (problem.code, problem.path) == (
        "EXEC_SUMMARY_OTHER_SAMPLE",
        "4_QC/exec_stats/S1_qc_summary.txt",
    )
    assert problem.message == "the summary is of sample 'S2', and its name says 'S1'"
    assert found.error_codes == {SUMMARY: "EXEC_SUMMARY_OTHER_SAMPLE"}


def test_values_of_another_sample_are_an_error_at_their_own_path(reader: Reader):
    reader.run.values_of("exec_summary").write_text(values_text("S2"))

    (problem,) = reader.reads().problems[SUMMARY]

    assert (problem.code, problem.path) == (
        "EXEC_SUMMARY_OTHER_SAMPLE",
        "4_QC/exec_stats/S1_stats.tsv",
    )


@pytest.mark.parametrize("text", ["", "no sample named here", "\xff\xfe"])
def test_a_summary_that_names_no_sample_is_known_by_its_values(reader: Reader, text: str):
    reader.run.place("exec_summary").write_text(text)

    assert reader.reads().error_codes == {}


def test_values_that_are_missing_or_empty_have_codes_of_their_own(reader: Reader):
    values = reader.run.values_of("exec_summary")
    values.write_bytes(b"")
    assert reader.reads().error_codes == {SUMMARY: "EXEC_SUMMARY_VALUES_EMPTY"}

    values.unlink()
    assert reader.reads().error_codes == {SUMMARY: "EXEC_SUMMARY_VALUES_MISSING"}

    values.mkdir()
    assert reader.reads().error_codes == {SUMMARY: "EXEC_SUMMARY_VALUES_MISSING"}

    values.rmdir()
    values.write_text(values_text("S1"))
    assert reader.reads().error_codes == {}


def break_flagstat(reader: Reader) -> tuple[str, str]:
    reader.run.place("flagstat").write_text("this is no flagstat\n")
    return "flagstat", "S1"


def test_an_error_is_kept_until_the_file_changes_or_a_full_scan(reader: Reader):
    key = break_flagstat(reader)
    first = reader.reads()
    assert first.problems[key]

    assert reader.reads().read == {}
    assert reader.reads().problems == first.problems
    again = reader.reads(retry_errors=True)
    assert (again.read, again.problems) == ({}, first.problems)


def test_an_error_that_is_mended_is_read(reader: Reader):
    key = break_flagstat(reader)
    reader.reads()

    reader.run.write("flagstat")

    assert reader.reads().read[key].error_code is None


def test_a_file_that_refuses_is_in_error_and_tried_again_at_every_scan(reader: Reader):
    path = reader.run.place("flagstat")
    path.chmod(0)
    with unprivileged():
        with pytest.raises(PermissionError):
            path.read_bytes()
        found = reader.reads()

    (problem,) = found.problems["flagstat", "S1"]
    assert problem.code == "CONTENT_REFUSED"
    assert problem.message.startswith(f"{path} could not be read (EACCES): user ")
    assert found.pending

    path.chmod(0o644)
    assert reader.reads().read["flagstat", "S1"].error_code is None


@pytest.mark.parametrize(
    "options", [ContentOptions(max_bytes=10), ContentOptions(max_decompressed_bytes=10)]
)
def test_what_is_larger_than_the_limits_is_in_error(reader: Reader, options: ContentOptions):
    reader.options = options

    found = reader.reads()

    (problem,) = found.problems[COVERAGE]
    assert (problem.code, "EFBIG" in problem.message) == ("CONTENT_REFUSED", True)
    assert not found.pending  # only a change of the file, or of the limit, mends it


def test_damaged_gzip_data_is_in_error(reader: Reader):
    path = reader.run.place("gene_coverage")
    path.write_bytes(path.read_bytes()[:-9])

    (problem,) = reader.reads().problems[COVERAGE]

    assert "EBADGZIP" in problem.message


def write(path: Path) -> None:
    path.write_text("longer than it was when it was listed\n")


def touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


@pytest.mark.parametrize("change", [Path.unlink, write, touch])
def test_a_file_that_changes_or_goes_under_the_reader_is_left_for_the_next_scan(
    reader: Reader, change: Callable[[Path], None]
):
    listing = reader.listed()
    change(reader.run.place("flagstat"))

    found = reader.reads(listing)

    assert found.pending
    assert ("flagstat", "S1") not in found.read
    assert found.error_codes == {}
    assert GENES in found.read


def test_a_file_that_became_a_link_out_of_the_root_is_not_opened(reader: Reader, disk: Path):
    listing = reader.listed()
    path = reader.run.place("flagstat")
    secret = disk.parent / "secret"
    path.rename(secret)
    path.symlink_to(secret)

    found = reader.reads(listing)

    (problem,) = found.problems["flagstat", "S1"]
    assert "(ELOOP)" in problem.message


def test_a_link_below_the_root_is_read(reader: Reader, disk: Path):
    path = reader.run.place("flagstat")
    path.rename(disk / "archived")
    path.symlink_to(disk / "archived")

    assert ("flagstat", "S1") in reader.reads().read


def test_files_of_skipped_samples_and_without_content_are_not_read(reader: Reader):
    listing = reader.listed()
    parsed = parse_run(listing, TAU, SheetPolicy(control_regex="S1"))
    expected = judge_run(listing, parsed, TAU, None).expected

    request = ContentRequest.of(expected, listing, None, ContentOptions(), retry_errors=False)
    (found,) = ContentRequests((request,)).load(KnownRoots())

    assert {kind for kind, _ in found.read} == {"illumina_qc"}
