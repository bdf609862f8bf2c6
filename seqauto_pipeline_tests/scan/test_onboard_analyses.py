"""Analyses on the instrument over several scans: begun, ended, queued again."""

import datetime as dt
import os
from pathlib import Path

import pytest

from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.views.explanation import explain_sample
from seqauto_pipeline.views.opening import opened
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder

pytestmark = pytest.mark.usefixtures("on_each_database")

NAME = "20260212_LH00999_0112_A22R112LT4"
SHEET = (
    "[Header]\nFileFormatVersion,2\n[BCLConvert_Settings]\nSoftwareVersion,4.2.7\n"
    "[BCLConvert_Data]\nLane,Sample_ID,Index\n1,S1,ACGTACGT\n1,S2,TTGGTTGG\n"
)
LONG_AGO = 1_700_000_000
OTHER_ORDER = SHEET.replace("1,S1,ACGTACGT\n", "") + "1,S1,ACGTACGT\n"


def begun_run(tmp_path: Path) -> tuple[Lab, RunFolder]:
    lab = Lab(tmp_path / "lab")
    lab.environ["SEQAUTO_LAYOUT"] = "illumina"
    run = RunFolder(lab.root, "kit", NAME, layout=load_layout("illumina"))
    run.begin()
    run.write_sheet(SHEET.encode())
    run.put("CopyComplete.txt", b"")
    return lab, run


def put_reads(run: RunFolder, attempt: int, *stems: str) -> None:
    for stem in stems:
        run.put(f"Analysis/{attempt}/Data/BCLConvert/fastq/{stem}_001.fastq.gz", b"reads")


def end(run: RunFolder, attempt: int) -> None:
    run.put(f"Analysis/{attempt}/Data/Secondary_Analysis_Complete.txt", b"")


def states(lab: Lab, run: RunFolder) -> list[str]:
    return sorted(lab.files(run.path).values())


def test_a_file_is_running_until_the_analysis_has_ended_and_then_missing(tmp_path: Path):
    lab, run = begun_run(tmp_path)
    lab.scan()
    before = states(lab, run)
    put_reads(run, 1, "S1_S1_L001_R1", "S1_S1_L001_R2", "S2_S2_L001_R1")
    lab.scan()
    during = states(lab, run)
    messages = lab.messages(run.path)

    end(run, 1)
    lab.scan()

    assert before == ["non_existent"] * 4
    assert during == ["complete", "complete", "complete", "running"]
    assert messages == ("ANALYSIS_RUNNING",)
    assert states(lab, run) == ["complete", "complete", "complete", "non_existent"]
    assert lab.messages(run.path) == ("READ_WITHOUT_MATE",)
    assert not lab.plan().changes.runs


def test_a_file_of_an_analysis_that_never_ended_is_missing_in_the_end(tmp_path: Path):
    lab, run = begun_run(tmp_path)
    put_reads(run, 1, "S1_S1_L001_R1", "S1_S1_L001_R2", "S2_S2_L001_R1")
    lab.scan()
    before = states(lab, run)

    analysis = run.folder / "Analysis"
    for path in (analysis, *analysis.rglob("*")):
        os.utime(path, (LONG_AGO, LONG_AGO))
    lab.scan()

    assert before == ["complete", "complete", "complete", "running"]
    assert states(lab, run) == ["complete", "complete", "complete", "non_existent"]
    assert lab.messages(run.path) == ("ANALYSIS_WITHOUT_END", "READ_WITHOUT_MATE")
    assert not lab.plan().changes.runs


def test_a_requeue_takes_over_when_it_has_ended(tmp_path: Path):
    lab, run = begun_run(tmp_path)
    put_reads(run, 1, *(f"{stem}_L001_R{n}" for stem in ("S1_S1", "S2_S2") for n in (1, 2)))
    end(run, 1)
    run.put("Analysis/2/Data/BCLConvert/SampleSheet.csv", OTHER_ORDER.encode())
    lab.scan()
    first = lab.sequencing_run(run.path).facts["fastq_analysis"]

    put_reads(run, 2, *(f"{stem}_L001_R{n}" for stem in ("S1_S2", "S2_S1") for n in (1, 2)))
    end(run, 2)
    lab.scan()

    assert first == "Analysis/1"
    assert lab.sequencing_run(run.path).facts["fastq_analysis"] == "Analysis/2"
    assert states(lab, run) == ["complete"] * 4
    assert lab.messages(run.path) == ()


def test_reads_that_a_workflow_deletes_at_its_end_are_not_lost(tmp_path: Path):
    lab, run = begun_run(tmp_path)
    run.write_sheet(f"{SHEET}[DragenGermline_Settings]\nKeepFastq,FALSE\n".encode())
    lab.scan()
    with opened(lab.home, lab.settings, dt.datetime.now(dt.UTC)) as models:
        (explained,) = explain_sample(models, "S1", "fastq", None)
    put_reads(run, 1, "S1_S1_L001_R1", "S1_S1_L001_R2", "S2_S2_L001_R1", "S2_S2_L001_R2")
    lab.scan()
    before = states(lab, run)

    for reads in run.folder.rglob("*.fastq.gz"):
        reads.unlink()
    end(run, 1)
    lab.scan()

    told = next(fact.text for fact in explained.facts if fact.label == "sample")
    assert told == (
        "the sheet has DragenGermline delete its FASTQs (KeepFastq,FALSE): nothing is expected of "
        "it while none is there"
    )
    assert before == ["complete"] * 4
    assert states(lab, run) == ["skipped"] * 4
    assert lab.messages(run.path) == ("FASTQS_NOT_KEPT",)
    assert not lab.plan().changes.runs
