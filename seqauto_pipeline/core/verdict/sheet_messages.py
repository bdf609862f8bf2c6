"""Messages on a sheet that has changed: they stay until acknowledged, or undone by the sheet."""

from collections.abc import Collection, Iterable

from seqauto_pipeline.core.display import counted
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
    stored: StoredRun | None, sheet: ReadSheet | None, files: tuple[FileChange, ...]
) -> dict[str, Problem]:
    """Give the message on how ``sheet`` differs from the stored one, by its key; or nothing.

    A sheet that is again as it was before a change undoes that change, and is no new one.
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
    )
    return {sheet_change_key(stored.sheet_md5, sheet.md5): problem}


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


def sheet_changed(*, meaningful: bool, lines: Collection[str], added: int, retired: int) -> Problem:
    """Word the change of a sheet: what it changes, and what that means for expected files."""
    changes = "; ".join(lines) or "nothing that the samples depend on"
    new = counted(added, "expected file")
    effect = f" It adds {new} and retires {retired}." if added or retired else ""
    if meaningful:
        return Problem(
            SHEET_CHANGED,
            Severity.WARNING,
            f"the sample sheet has changed: {changes}.{effect}",
            "Check the change, then close it: `seqauto messages ack ID --by NAME --why TEXT`.",
        )
    return Problem(
        SHEET_EDITED,
        Severity.INFO,
        f"the sample sheet was edited: {changes}.",
        "Nothing needs doing; acknowledge it to close it.",
    )
