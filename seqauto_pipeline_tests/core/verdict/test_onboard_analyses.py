"""What a verdict says of an analysis on the instrument: one that runs, and earlier attempts."""

from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.core.runs import run_with
from seqauto_pipeline_tests.core.verdict.judging import codes, judged

ILLUMINA = load_layout("illumina")
PATH = "kit/20260212_LH00999_0112_A22R112LT4"
SHEET = (
    "[Header]\nFileFormatVersion,2\n[BCLConvert_Settings]\nSoftwareVersion,4.2.7\n"
    "[BCLConvert_Data]\nLane,Sample_ID,Index\n1,OA112,ACGTACGT\n1,OB112,TTGGTTGG\n"
)
READS = tuple(
    f"{name}_S{number}_L001_R{read}_001.fastq.gz"
    for number, name in enumerate(("OA112", "OB112"), 1)
    for read in (1, 2)
)


def files_of(attempt: int, names: tuple[str, ...] = READS) -> list[str]:
    return [f"Analysis/{attempt}/Data/BCLConvert/fastq/{name}" for name in names]


def ended(attempt: int) -> list[str]:
    folder = f"Analysis/{attempt}"
    return [f"{folder}/Data/Secondary_Analysis_Complete.txt", f"{folder}/CopyComplete.txt"]


def verdict_on(files: list[str], sheet: str = SHEET):
    run = run_with(["CopyComplete.txt", *files], sheet=sheet, run_info=None, path=PATH)
    return judged(run, at=ILLUMINA)


def test_files_of_an_analysis_that_runs_are_awaited_and_not_missing():
    begun = verdict_on(files_of(1, READS[:3]))
    over = verdict_on([*files_of(1, READS[:3]), *ended(1)])

    assert codes(begun) == ["ANALYSIS_RUNNING"]
    assert begun.problems[0].message == (
        "the instrument's analysis Analysis/1 has begun and has not ended: "
        "1 file of it not there yet"
    )
    assert codes(over) == ["READ_WITHOUT_MATE"]


def test_files_of_an_earlier_attempt_are_not_unexpected():
    both = verdict_on([*files_of(1), *ended(1), *files_of(2), *ended(2)])

    assert both.analyses == ("Analysis/2",)
    assert both.unexpected == ()
