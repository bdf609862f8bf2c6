"""Messages over scans: the same condition is one message, and it closes when it is no longer so."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.problems import Problem


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
