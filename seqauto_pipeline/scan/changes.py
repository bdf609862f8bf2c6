"""What a scan changes of the models, counted."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.verdict.messages import MessageChanges
from seqauto_pipeline.core.verdict.reconcile import FileChange
from seqauto_pipeline.core.verdict.run_plan import RunPlan


class ChangedFile(NamedTuple):
    """A file record that is in another state, or new."""

    run: str  # absolute path of the run folder
    file_type: str
    path: str  # relative to the run folder
    old_state: str  # empty for a new record
    new_state: str

    @property
    def full_path(self) -> str:
        return path_from(self.run, self.path)


@dataclass(slots=True)
class Changes:
    """Counts of what was, or would be, changed."""

    runs: int = 0  # with any change
    run_moves: Counter[tuple[str, str]] = field(default_factory=Counter)  # by old and new state
    file_states: Counter[tuple[str, str]] = field(default_factory=Counter)  # by type and new state
    file_moves: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # and old state
    contents: int = 0
    messages_opened: int = 0
    messages_closed: int = 0
    failed_runs: list[str] = field(default_factory=list)  # absolute paths
    listed: list[ChangedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what a person should know of how it went

    def add(self, plan: RunPlan, *, max_listed: int) -> None:
        """Count a plan; its changed files are listed until ``max_listed`` are."""
        if plan.changes_something:
            self.runs += 1
        if plan.is_state_change:
            before = plan.old_record.data_state.value if plan.old_record is not None else ""
            self.run_moves[before, plan.record.data_state.value] += 1
        self._add_files(plan, max_listed)
        self.contents += len(plan.contents)
        self.add_messages(plan.messages)

    def add_messages(self, messages: MessageChanges) -> None:
        self.messages_opened += len(messages.opened)
        self.messages_closed += len(messages.closed)

    def _add_files(self, plan: RunPlan, max_listed: int) -> None:
        run = f"{plan.record.root}/{plan.record.path}"
        events = [change for change in plan.files if change.is_event]
        moves = Counter(map(_file_move, events))
        self.file_moves.update(moves)
        for (kind, _, state), number in moves.items():
            self.file_states[kind, state] += number
        for change in events[: max(max_listed - len(self.listed), 0)]:
            kind, old, state = _file_move(change)
            self.listed.append(ChangedFile(run, kind, change.new.path, old, state))


def _file_move(change: FileChange) -> tuple[str, str, str]:
    """Give the type of a file, and its state before and after."""
    old = "" if change.old is None else change.old.ledger_state
    return change.new.file_type, old, change.new.ledger_state
