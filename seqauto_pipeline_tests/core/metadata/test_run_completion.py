"""RunCompletionStatus.xml of every family: how the run ended, in the instrument's words."""

import pytest

from seqauto_pipeline.core.metadata.run_completion import (
    Outcome,
    RunCompletion,
    outcome_of,
    parse_run_completion,
)

NEXTSEQ = """<?xml version="1.0"?>
<RunCompletionStatus>
  <CompletionStatus>{status}</CompletionStatus>
  <RunId>200920_NB501009_0410_AHNLYFBGXG</RunId>
  <ErrorDescription>{description}</ErrorDescription>
</RunCompletionStatus>
"""
NOVASEQ_X = """<?xml version="1.0" encoding="utf-8"?>
<RunCompletionStatus xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <CompletedReads>
    <Read ReadName="Read1" Cycles="77" /><Read ReadName="Read2" Cycles="0" />
  </CompletedReads>
  <RunStatus>{status}</RunStatus>
</RunCompletionStatus>
"""
NEXTSEQ_2000 = (
    "<SequenceRunCompletionStatus><RunStatus>{status}</RunStatus></SequenceRunCompletionStatus>"
)


def parsed(text: str) -> RunCompletion:
    completion, problems = parse_run_completion(text.encode())
    assert problems == ()
    assert completion is not None
    return completion


@pytest.mark.parametrize(
    ("dialect", "status"),
    [
        (NEXTSEQ, "CompletedAsPlanned"),
        (NEXTSEQ, "SuccessfullyCompleted"),
        (NOVASEQ_X, "RunCompleted"),
        (NEXTSEQ_2000, "InstrumentComplete"),
    ],
)
def test_each_family_has_its_own_word_for_a_run_that_went_well(dialect, status):
    completion = parsed(dialect.format(status=status, description="None"))

    assert (completion.outcome, completion.status) == (Outcome.WENT_WELL, status)
    assert completion.description is None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("UserEndedEarly", Outcome.STOPPED),
        ("RunAborted", Outcome.STOPPED),
        ("StoppedByUser", Outcome.STOPPED),
        ("RunCanceled", Outcome.STOPPED),
        ("ExceptionEndedEarly", Outcome.FAILED),
        ("RunErrored", Outcome.FAILED),
        ("Run Failed", Outcome.FAILED),
        ("runerrored", Outcome.FAILED),
    ],
)
def test_a_run_that_did_not_come_to_its_end_failed_or_was_stopped(status, outcome):
    assert outcome_of(status) is outcome


@pytest.mark.parametrize("status", ["RunSomethingNew", "CompletedWithErrorsCorrected", "", None])
def test_a_word_that_nobody_knows_says_nothing(status):
    assert outcome_of(status) is Outcome.NOT_SAID


def test_the_error_is_described_on_one_line_in_the_instruments_words():
    text = NEXTSEQ.format(status="ExceptionEndedEarly", description="Stage motion\n  failed")

    assert parsed(text).description == "Stage motion failed"


@pytest.mark.parametrize("description", ["None", " none ", ""])
def test_a_description_of_none_is_none(description):
    text = NEXTSEQ.format(status="UserEndedEarly", description=description)

    assert parsed(text).description is None


def test_how_far_the_run_came_is_told_by_its_last_cycle_or_its_finished_reads():
    by_cycle = NEXTSEQ.replace("<RunId>", "<CycleCompleted>40</CycleCompleted><RunId>")
    by_read = NEXTSEQ.replace(
        "<RunId>",
        "<CompletedRead1Cycles>81</CompletedRead1Cycles>"
        "<CompletedIndex1ReadCycles>6</CompletedIndex1ReadCycles>"
        "<CompletedRead2Cycles>0</CompletedRead2Cycles><RunId>",
    )

    assert parsed(by_cycle).progress == "after cycle 40"
    assert parsed(by_read).progress == "completed: Read1 with 81 cycles, Index1 with 6 cycles"
    assert parsed(NOVASEQ_X).progress == "completed: Read1 with 77 cycles"
    assert parsed(NEXTSEQ_2000).progress is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "RUN_COMPLETION_EMPTY"),
        ("<RunCompletionStatus>", "RUN_COMPLETION_NOT_XML"),
        ("<RunInfo/>", "RUN_COMPLETION_WRONG_ROOT"),
        (
            '<!DOCTYPE a [<!ENTITY b "c">]><RunCompletionStatus/>',
            "RUN_COMPLETION_UNSAFE",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_a_warning_and_says_nothing_of_the_run(text, code):
    completion, (problem,) = parse_run_completion(text.encode())

    assert completion is None
    assert (problem.code, problem.severity) == (code, "warning")
