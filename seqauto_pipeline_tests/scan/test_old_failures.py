"""Single bad run folders that once ended a whole scan, and scans that once told untruths."""

import gzip
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from seqauto_pipeline_tests.scan.bad_runs import (
    GOOD,
    base_calls_without_fastqs,
    healthy,
    jpeg_as_sheet,
)
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import (
    RunFolder,
    Sample,
    run_parameters_text,
    sheet_text,
)


def no_run_parameters(run: RunFolder) -> None:
    run.run_parameters.unlink()


def odd_run_parameters(run: RunFolder) -> None:
    run.run_parameters.write_bytes(b"<?xml version='1.0'?>\n<RunParameters><RunId>\x00\x8f")


def no_experiment_name(run: RunFolder) -> None:
    text = run_parameters_text(run.name, "exome_410")
    run.run_parameters.write_text(text.replace("<ExperimentName>exome_410</ExperimentName>", ""))


def blank_lane(run: RunFolder) -> None:
    rows = (Sample("S1", lane="1"), Sample("S2", "TTGGCCAA", lane=""))
    run.write_sheet(sheet_text(rows).encode())


def no_index_column(run: RunFolder) -> None:
    text = sheet_text(run.samples).replace(",index", "")
    run.write_sheet(text.replace(",AACCGGTT", "").replace(",ACGTACGT", "").encode())


def ragged_row(run: RunFolder) -> None:
    run.write_sheet(sheet_text(run.samples).replace(",ACGTACGT", ",ACGTACGT,x,y,z").encode())


def empty_sheet(run: RunFolder) -> None:
    run.write_sheet(b"")


def sheet_that_is_not_utf8(run: RunFolder) -> None:
    text = sheet_text(run.samples).replace("IEMFileVersion,5", "Investigator Name,Jürgen Löwe")
    run.write_sheet(text.encode("latin-1"))


def sheet_of_version_2(run: RunFolder) -> None:
    run.write_sheet(
        b"[Header]\nFileFormatVersion,2\n\n[BCLConvert_Settings]\nSoftwareVersion,4.2.7\n\n"
        b"[BCLConvert_Data]\nSample_ID,Index\nS1,AACCGGTT\nS2,ACGTACGT\n"
    )


def corrupt_vcf(run: RunFolder) -> None:
    run.write("vcf", "S1", data=gzip.compress(b"##fileformat=VCFv4.2\n")[:-9] + b"\xff" * 9)


def empty_vcf(run: RunFolder) -> None:
    run.write("vcf", "S1", data=b"")


BAD: dict[str, tuple[Callable[[RunFolder], None], str, tuple[str, ...]]] = {
    # what is wrong: how it comes about, the state of the run, its messages
    "no RunParameters": (no_run_parameters, "complete", ()),
    "RunParameters is garbage": (odd_run_parameters, "complete", ("RUN_PARAMETERS_NOT_XML",)),
    "no ExperimentName": (no_experiment_name, "complete", ()),
    "a lane is blank": (blank_lane, "complete", ("BLANK_LANE",)),
    "no index column": (no_index_column, "complete", ("UNINDEXED_SAMPLE",)),
    "a row is ragged": (ragged_row, "complete", ("ROW_TOO_LONG",)),
    "the sheet is empty": (empty_sheet, "error", ("EMPTY_SHEET",)),
    "the sheet is a JPEG": (jpeg_as_sheet, "error", ("NOT_A_SAMPLE_SHEET",)),
    "the sheet is not UTF-8": (sheet_that_is_not_utf8, "complete", ("NOT_UTF8",)),
    "the sheet has version 2": (sheet_of_version_2, "complete", ()),
    "a VCF is corrupt": (corrupt_vcf, "complete", ()),
    "a VCF is empty": (empty_vcf, "complete", ("EMPTY_FILE",)),
    "base calls without FASTQs": (base_calls_without_fastqs, "complete", ()),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What three scans of one disk said of a run: bad, unchanged, and mended."""

    state: str
    messages: tuple[str, ...]
    mended_state: str
    mended_counts: Counter[str]
    mended_messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    failed_runs: tuple[str, ...]
    told: dict[str, Told]
    says_the_same: bool
    healthy: tuple[tuple[Counter[str], tuple[str, ...]], ...]


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Telling:
    return tell(Lab(tmp_path_factory.mktemp("trouble")))


def tell(lab: Lab) -> Telling:
    """Scan a disk with every kind of bad run beside healthy ones; mend them, and scan again."""
    others = healthy(lab)
    runs = {kind: lab.run(number).complete() for number, kind in enumerate(BAD, 1)}
    for kind, run in runs.items():
        BAD[kind][0](run)
    first = lab.scan()
    states, messages = lab.run_states(), {run.path: lab.messages(run.path) for run in runs.values()}
    dump = lab.dump()
    second = lab.scan()
    says_the_same = second.summary.in_words() == "nothing" and lab.dump() == dump
    for run in runs.values():
        run.complete()
    third = lab.scan()
    mended = lab.run_states()
    told = {
        kind: Told(
            states[run.path],
            messages[run.path],
            mended[run.path],
            lab.counts(run.path),
            lab.messages(run.path),
        )
        for kind, run in runs.items()
    }
    failed = (*first.summary.changes.failed_runs, *third.summary.changes.failed_runs)
    well = tuple((lab.counts(run.path), lab.messages(run.path)) for run in others)
    return Telling(failed, told, says_the_same, well)


@pytest.mark.parametrize("kind", BAD)
def test_one_bad_run_is_told_of(kind: str, telling: Telling) -> None:
    told = telling.told[kind]

    assert (told.state, told.messages) == BAD[kind][1:]


@pytest.mark.parametrize("kind", BAD)
def test_a_mended_run_is_whole_at_the_next_scan(kind: str, telling: Telling) -> None:
    told = telling.told[kind]

    assert told.mended_state == "complete"
    assert told.mended_counts["complete"] == 15
    assert set(told.mended_messages) <= {"SHEET_CHANGED", "SHEET_EDITED"}


def test_bad_runs_end_no_scan_and_leave_all_others_as_they_are(telling: Telling) -> None:
    assert telling.failed_runs == ()
    assert telling.healthy == ((Counter(complete=15), ()),) * GOOD


def test_the_scan_after_bad_runs_says_the_same(telling: Telling) -> None:
    assert telling.says_the_same


@pytest.mark.postgres
def test_bad_runs_are_told_of_on_postgresql_as_on_sqlite(
    tmp_path: Path, postgres_url: str, telling: Telling
) -> None:
    assert tell(Lab(tmp_path, database_url=postgres_url)) == telling


@pytest.mark.postgres
@pytest.mark.parametrize("cell", ["a\x00b", "9" * 30, "\ud83d\ude00", "\x1b[31m", "A" * 5000])
def test_no_cell_of_a_sheet_keeps_postgresql_from_storing_its_run(
    cell: str, tmp_path: Path, postgres_url: str
) -> None:
    lab = Lab(tmp_path, database_url=postgres_url)
    run = lab.run(1).complete()
    rows = (*run.samples, Sample("S3", cell), Sample("S4", lane=cell), Sample(cell))
    text = sheet_text(rows).replace("IEMFileVersion,5", f"Date,{cell}")
    run.write_sheet(text.encode("utf-8", "surrogatepass"))

    outcome = lab.scan()

    assert outcome.summary.changes.failed_runs == []
    assert lab.files(run.path)["bam", "S1"] == "complete"
