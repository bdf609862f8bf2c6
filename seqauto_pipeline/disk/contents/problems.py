"""What is wrong with the content of a file, beyond what its reader says."""

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import escape_name
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.disk.read import ReadRefused


def other_sample(named: str, file: ExpectedFile) -> Problem:
    return Problem(
        "EXEC_SUMMARY_OTHER_SAMPLE",
        Severity.ERROR,
        f"the summary is of sample {named!r}, and its name says {file.sample_name!r}",
        "Find out which is right: a summary under another sample's name must not be used.",
        path=file.path,
    )


def values_missing(path: str) -> Problem:
    return Problem(
        "EXEC_SUMMARY_VALUES_MISSING",
        Severity.ERROR,
        "the exec summary is there and the table of its values is not",
        "Make the table again, or restore it beside the summary.",
        path=path,
    )


def values_empty(path: str) -> Problem:
    return Problem(
        "EXEC_SUMMARY_VALUES_EMPTY",
        Severity.ERROR,
        "the table of the exec summary's values is empty (0 bytes)",
        "Make the table again.",
        path=path,
    )


def content_refused(refused: ReadRefused) -> Problem:
    return Problem(
        "CONTENT_REFUSED",
        Severity.ERROR,
        f"{refused.refusal.path} could not be read ({refused.refusal.errno_name}): "
        f"{refused.refusal.reason}",
        "Make the file readable; it is tried again at the next scan.",
    )


def no_answer(path: str, seconds: float) -> Problem:
    return Problem(
        "CONTENT_REFUSED",
        Severity.ERROR,
        f"{escape_name(path)} could not be read (ETIMEDOUT): no answer within {seconds:g} s "
        "(directory_timeout_seconds)",
        "Look whether its file server is up; the file is tried again at the next scan.",
    )
