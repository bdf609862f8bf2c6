"""Messages on a sheet that has changed: they stay until acknowledged, or undone by the sheet."""

from collections import Counter
from collections.abc import Collection, Iterable

from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.display import counted
from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.changes import compare_sheets
from seqauto_pipeline.core.verdict.messages import OpenMessage
from seqauto_pipeline.core.verdict.parsed_run import ReadSheet
from seqauto_pipeline.core.verdict.reconcile import FileChange
from seqauto_pipeline.core.verdict.stored_run import StoredRun

SHEET_CHANGED = "SHEET_CHANGED"
SHEET_EDITED = "SHEET_EDITED"
# These stay until somebody acknowledges them or the sheet changes back.
STICKY_CODES = frozenset({SHEET_CHANGED, SHEET_EDITED})


def about_sheet_change(
    stored: StoredRun | None,
    sheet: ReadSheet | None,
    files: tuple[FileChange, ...],
    expected: Collection[ExpectedFile] = (),
) -> dict[str, Problem]:
    """Give the message on how ``sheet`` differs from the stored one, by its key; or nothing.

    ``expected`` are the files that it calls for. A sheet that is again as it was before a change
    undoes that change, and is no new one.
    """
    if stored is None or stored.sheet_md5 is None or sheet is None:
        return {}
    if stored.sheet_md5 == sheet.md5 or undone_sheet_changes(stored.messages, sheet.md5):
        return {}
    difference = compare_sheets(
        (judged.sample for judged in stored.samples), (judged.sample for judged in sheet.samples)
    )
    problem = sheet_changed(
        meaningful=difference.meaningful,
        lines=difference.lines,
        added=sum(change.old is None for change in files),
        retired=sum(
            change.new.retired and change.old is not None and not change.old.retired
            for change in files
        ),
        outdated=_outdated(stored, files, expected, difference.sequenced_otherwise),
    )
    return {sheet_change_key(stored.sheet_md5, sheet.md5): problem}


# What no sample of the sheet decides: who is asked for, and what the instrument measured.
_OF_NO_READS = frozenset({"gene_list", "illumina_qc"})


def _outdated(
    stored: StoredRun,
    files: tuple[FileChange, ...],
    expected: Collection[ExpectedFile],
    samples: Collection[str],
) -> tuple[tuple[str, int], ...]:
    """Count by type the files that were made of other reads than the sheet now gives a sample.

    A file counts that stands where it stood, and is as it was, when the old sheet was in force;
    so do files of the whole run. Without such samples there are none.
    """
    changed = {change.new.key for change in files}
    kinds = Counter(
        file.file_type.name
        for file in expected
        if samples
        and (file.sample_name is None or file.sample_name in samples)
        and file.file_type.content not in _OF_NO_READS
        and file.key in stored.files
        and file.key not in changed
        and stored.files[file.key].data_state in (DataState.COMPLETE, DataState.ERROR)
    )
    return tuple(sorted(kinds.items()))


def sheet_change_key(old_md5: str, new_md5: str) -> str:
    return f"{SHEET_CHANGED}:{old_md5}:{new_md5}"


def undone_sheet_changes(stored: Iterable[OpenMessage], current_md5: str | None) -> frozenset[int]:
    """Messages on sheet changes that no longer hold because the sheet is again as before them.

    When a sheet goes from A to B to C and back to A, both changes are undone; back to B, the last.
    """
    sticky = sorted((each for each in stored if each.problem.code in STICKY_CODES), key=_by_id)
    for position, message in enumerate(sticky):
        if current_md5 is not None and message.key.split(":")[1] == current_md5:
            return frozenset(each.id for each in sticky[position:])
    return frozenset()


def _by_id(message: OpenMessage) -> int:
    return message.id


def sheet_changed(
    *,
    meaningful: bool,
    lines: Collection[str],
    added: int,
    retired: int,
    outdated: Collection[tuple[str, int]] = (),
) -> Problem:
    """Word the change of a sheet: what it changes, and what that means for expected files.

    ``outdated``: how many files of which type were made by what the sheet said before.
    """
    changes = "; ".join(line.removesuffix(".") for line in lines)
    changes = changes or "nothing that the samples depend on"
    new = counted(added, "expected file")
    effect = f" It adds {new} and retires {retired}." if added or retired else ""
    again = ", ".join(f"{number} {kind}" for kind, number in outdated)
    made = f" Made by the old sheet, and to be made again: {again}." if again else ""
    if meaningful:
        return Problem(
            SHEET_CHANGED,
            Severity.WARNING,
            f"the sample sheet has changed: {changes}.{effect}{made}",
            f"Check the change{', make those files again' if again else ''}, then close it: "
            "`seqauto messages ack ID --by NAME --why TEXT`.",
        )
    return Problem(
        SHEET_EDITED,
        Severity.INFO,
        f"the sample sheet was edited: {changes}.",
        "Nothing needs doing; acknowledge it to close it.",
    )
