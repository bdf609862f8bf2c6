"""RunCompletionStatus.xml, bytes to values: how the instrument says that the run ended."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from xml.etree.ElementTree import Element  # the type only, never a parser

from seqauto_pipeline.core.metadata.run_xml import (
    FileKind,
    Reader,
    attribute,
    children,
    read_xml,
    text_at,
)
from seqauto_pipeline.core.problems import Problem, Severity

RUN_COMPLETION = FileKind(
    "RunCompletionStatus.xml",
    "RUN_COMPLETION",
    "RunCompletionStatus",
    other_roots=("SequenceRunCompletionStatus",),  # NextSeq 1000/2000
)
# Where the word stands: NextSeq 500/550, MiniSeq and MiSeq; NovaSeq X and NextSeq 1000/2000.
_STATUS = ("CompletionStatus", "RunStatus")
# NextSeq 500/550 and MiniSeq: CompletedAsPlanned; MiSeq: SuccessfullyCompleted; NovaSeq X:
# RunCompleted; NextSeq 1000/2000: InstrumentComplete. Sources: miso-lims/runscanner,
# DefaultIllumina; dfornika/illumina-run-simulator; BU-ISCIII/iskylims, COMPLETION_SUCCESS.
_WENT_WELL = frozenset(
    {"completedasplanned", "successfullycompleted", "runcompleted", "instrumentcomplete"}
)
# UserEndedEarly and ExceptionEndedEarly of the NextSeq and MiSeq, RunErrored of the NovaSeq X
# (same sources), and other words that end in the same verbs.
_STOPPED = re.compile(
    r"user\w*(?:ended|stopped|aborted|cancell?ed)\w*|\w*(?:stopped|aborted|cancell?ed)(?:early|byuser)?",
    re.ASCII | re.IGNORECASE,
)
_FAILED = re.compile(
    r"\w*(?:endedearly|errored|error|failed|failure|exception|terminated)",
    re.ASCII | re.IGNORECASE,
)
_NO_DESCRIPTION = frozenset({"none", "n/a", "na", "null", "-"})
_SHOWN_READS = 8  # real runs have four


class Outcome(StrEnum):
    """How the run ended; a word that nobody knows says nothing of it."""

    WENT_WELL = "went_well"
    STOPPED = "stopped"  # by a person
    FAILED = "failed"
    NOT_SAID = "not_said"


@dataclass(frozen=True, slots=True)
class RunCompletion:
    """What the instrument says of the end of its run; None for what the file leaves out."""

    outcome: Outcome
    status: str | None  # the instrument's own word
    description: str | None  # of the error
    progress: str | None  # how far the run came, in words


def parse_run_completion(data: bytes) -> tuple[RunCompletion | None, tuple[Problem, ...]]:
    """Read the file of any family and list its problems. None when it is something else.

    None of them is an error: most instruments write no such file, and the run is known without it.
    """
    root, problems = read_xml(data, RUN_COMPLETION)
    problems = tuple(replace(problem, severity=Severity.WARNING) for problem in problems)
    if root is None:
        return None, problems
    reader = Reader(RUN_COMPLETION, list(problems))
    status = reader.text(text_at(root, *_STATUS), "the status")
    completion = RunCompletion(
        outcome=outcome_of(status),
        status=status,
        description=_description(reader.text(text_at(root, "ErrorDescription"), "the error")),
        progress=_progress(root, reader),
    )
    return completion, tuple(reader.problems)


def outcome_of(status: str | None) -> Outcome:
    """Tell what an instrument's word for the end of a run means."""
    word = re.sub(r"[\s_-]", "", status or "")
    if word.casefold() in _WENT_WELL:
        return Outcome.WENT_WELL
    if _STOPPED.fullmatch(word):
        return Outcome.STOPPED
    return Outcome.FAILED if _FAILED.fullmatch(word) else Outcome.NOT_SAID


def _description(text: str | None) -> str | None:
    return None if text is None or text.casefold() in _NO_DESCRIPTION else " ".join(text.split())


def _progress(root: Element, reader: Reader) -> str | None:
    """Say how far the run came: the last cycle, or the cycles of the reads that were finished."""
    cycle = reader.number(text_at(root, "CycleCompleted"), "CycleCompleted")
    if cycle is not None:
        return f"after cycle {cycle}"
    reads = tuple(_completed_reads(root))[:_SHOWN_READS]
    return f"completed: {', '.join(reads)}" if reads else None


def _completed_reads(root: Element) -> Iterator[str]:
    """Name the reads with their cycles, as a NovaSeq X or a NextSeq 500/550 lists them."""
    for read in children(root, "CompletedReads", "Read"):
        name, cycles = attribute(read, "ReadName"), attribute(read, "Cycles")
        if name and cycles and cycles != "0":
            yield f"{name[:20]} with {cycles[:9]} cycles"
    for name, tag in (
        ("Read1", "CompletedRead1Cycles"),
        ("Index1", "CompletedIndex1ReadCycles"),
        ("Index2", "CompletedIndex2ReadCycles"),
        ("Read2", "CompletedRead2Cycles"),
    ):
        cycles = text_at(root, tag)
        if cycles and cycles != "0":
            yield f"{name} with {cycles[:9]} cycles"
