"""What a verdict says of an analysis on the instrument: one that runs, and earlier attempts."""

from seqauto_pipeline.core.clock import recent
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.core.listings import NS
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


def verdict_on(files: list[str], sheet: str = SHEET, busy_ns: range | None = None):
    run = run_with(["CopyComplete.txt", *files], sheet=sheet, run_info=None, path=PATH)
    return judged(run, at=ILLUMINA, busy_ns=busy_ns)


def test_files_of_an_analysis_that_runs_are_awaited_and_not_missing():
    begun = verdict_on(files_of(1, READS[:3]))
    over = verdict_on([*files_of(1, READS[:3]), *ended(1)])

    assert codes(begun) == ["ANALYSIS_RUNNING"]
    assert begun.problems[0].message == (
        "the instrument's analysis Analysis/1 has begun and has not ended: "
        "1 file of it not there yet"
    )
    assert codes(over) == ["READ_WITHOUT_MATE"]


def test_nothing_more_is_awaited_of_an_analysis_in_which_nothing_changes_any_more():
    quiet = verdict_on(files_of(1, READS[:3]), busy_ns=recent(NS + 9, 9))
    busy = verdict_on(files_of(1, READS[:3]), busy_ns=recent(NS + 9, 10))

    assert codes(quiet) == ["ANALYSIS_WITHOUT_END", "READ_WITHOUT_MATE"]
    assert quiet.problems[0].message == (
        "the instrument's analysis Analysis/1 has begun and never ended: "
        "1 file of it not there, and nothing in it has changed in the last 7 days"
    )
    assert not any(file.is_awaited for file in quiet.expected)
    assert codes(busy) == ["ANALYSIS_RUNNING"]
    assert (quiet.is_final, busy.is_final) == (True, False)


def test_an_analysis_of_which_every_file_is_there_needs_no_sign_of_its_end():
    verdict = verdict_on(files_of(1), busy_ns=recent(NS + 9, 9))

    assert (codes(verdict), verdict.is_final) == ([], True)


def test_files_of_an_earlier_attempt_are_not_unexpected():
    both = verdict_on([*files_of(1), *ended(1), *files_of(2), *ended(2)])

    assert both.analyses == ("Analysis/2",)
    assert both.unexpected == ()


def test_fastqs_that_a_workflow_was_told_to_delete_are_not_missing_and_told_of():
    sheet = f"{SHEET}[DragenGermline_Settings]\nKeepFastq,FALSE\n"

    over = verdict_on(ended(1), sheet)
    kept = verdict_on([*files_of(1, READS[:3]), *ended(1)], sheet)

    assert codes(over) == ["FASTQS_NOT_KEPT"]
    assert over.problems[0].message == (
        "no FASTQ is expected of 2 samples, and none is there: KeepFastq is FALSE in the sheet's "
        "settings of DragenGermline: OA112, OB112"
    )
    assert codes(kept) == ["READ_WITHOUT_MATE"]


def test_a_run_that_is_analysed_in_the_cloud_lacks_nothing_and_says_so():
    mode = "<SecondaryAnalysisMode>Cloud</SecondaryAnalysisMode>"
    run = run_with(
        ["CopyComplete.txt"],
        sheet=SHEET,
        run_info=None,
        run_parameters=f"<RunParameters>{mode}</RunParameters>",
        path=PATH,
    )

    verdict = judged(run, at=ILLUMINA)

    assert codes(verdict) == ["FASTQS_IN_CLOUD"]
    assert verdict.problems[0].message.startswith("no FASTQ is expected of 2 samples as long as")
