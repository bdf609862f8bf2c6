"""Messages over scans: the same condition is one message, and it closes when it is no longer so."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.core.problems import Problem, Severity

SHEET_CHANGED = "SHEET_CHANGED"
SHEET_EDITED = "SHEET_EDITED"
# These stay until somebody acknowledges them or the sheet changes back.
STICKY_CODES = frozenset({SHEET_CHANGED, SHEET_EDITED})


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message that an earlier scan opened."""

    id: int
    key: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class MessageChanges:
    """What to open, to reword and to close."""

    opened: tuple[tuple[str, Problem], ...] = ()  # key and problem
    reworded: tuple[tuple[int, Problem], ...] = ()
    closed: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.opened or self.reworded or self.closed)


def message_keys(problems: Iterable[Problem]) -> dict[str, Problem]:
    """Give each problem the key that the same condition has in every scan."""
    keyed: dict[str, Problem] = {}
    for problem in problems:
        place = f"{problem.code}:{problem.path or ''}:{problem.line or ''}:{problem.column or ''}"
        key, number = place, 1
        while key in keyed and keyed[key] != problem:
            number += 1
            key = f"{place}:{number}"
        keyed[key] = problem
    return keyed


def reconcile_messages(
    found: Mapping[str, Problem],
    stored: Collection[OpenMessage],
    keep: Callable[[OpenMessage], bool] = lambda _: False,
) -> MessageChanges:
    """Compare what a scan found with the open messages; those that ``keep`` names stay open."""
    open_keys = {message.key: message for message in stored}
    opened = tuple((key, problem) for key, problem in found.items() if key not in open_keys)
    reworded = tuple(
        (message.id, found[key])
        for key, message in open_keys.items()
        if key in found and found[key] != message.problem
    )
    closed = tuple(
        message.id for message in stored if message.key not in found and not keep(message)
    )
    return MessageChanges(opened, reworded, closed)


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
