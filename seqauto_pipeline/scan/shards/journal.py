"""What a shard changes, noted run by run before it is stored: a shard done twice counts once.

An attempt that was killed between the note and the end of its transaction has stored nothing of the
run; the next attempt notes it again, and the last note of a run counts. One that says that nothing
changed does not: it is of an attempt that came after another had stored the run.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from seqauto_pipeline.core.verdict.messages import MessageChanges
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.scan.changes import Changes
from seqauto_pipeline.scan.scan_in_progress import ScanInProgress
from seqauto_pipeline.scan.writers import ModelWriter, PlannedRun


class _Note(msgspec.Struct, omit_defaults=True):
    """What was changed of one run."""

    run: str  # absolute path; "" of messages that are about no single run
    runs: int = 0
    run_moves: list[tuple[str, str]] = []
    file_moves: list[tuple[str, str, str, int]] = []
    contents: int = 0
    messages_opened: int = 0
    messages_closed: int = 0
    failed: bool = False

    @classmethod
    def of(cls, planned: PlannedRun, failed: Iterable[str]) -> "_Note":
        plan, changes = planned[1], Changes()
        changes.add(plan, max_listed=0)
        run = f"{plan.record.root}/{plan.record.path}"
        return cls(
            run,
            changes.runs,
            list(changes.run_moves),
            [(*move, count) for move, count in changes.file_moves.items()],
            changes.contents,
            changes.messages_opened,
            changes.messages_closed,
            run in failed,
        )

    def add_to(self, changes: Changes) -> None:
        changes.runs += self.runs
        changes.run_moves.update(self.run_moves)
        for kind, old, new, count in self.file_moves:
            changes.file_moves[kind, old, new] += count
            changes.file_states[kind, new] += count
        changes.contents += self.contents
        changes.messages_opened += self.messages_opened
        changes.messages_closed += self.messages_closed
        if self.failed:
            changes.failed_runs.append(self.run)


class JournalWriter(ModelWriter):
    """Stores the changes of a shard, each noted before."""

    def __init__(self, store: ModelStore, scan: ScanInProgress, journal: Path) -> None:
        super().__init__(store, scan)
        self._journal = journal

    def _save(self, planned: Sequence[PlannedRun], changes: Changes) -> None:
        failed = frozenset(changes.failed_runs)
        notes = (msgspec.json.encode(_Note.of(each, failed)) for each in planned)
        with self._journal.open("ab") as journal:
            journal.writelines(b"%b\n" % note for note in notes)
        super()._save(planned, changes)

    def write_messages(self, messages: Iterable[tuple[int | None, MessageChanges]]) -> None:
        changes, found = Changes(), tuple(messages)
        for _, each in found:
            changes.add_messages(each)
        counts = (changes.messages_opened, changes.messages_closed)
        note = _Note("", messages_opened=counts[0], messages_closed=counts[1])
        with self._journal.open("ab") as journal:
            journal.write(b"%b\n" % msgspec.json.encode(note))
        super().write_messages(found)


def changes_in(journals: Iterable[Path]) -> Changes:
    """Sum up the notes of all attempts, in their order."""
    notes: dict[str, _Note] = {}
    for journal in journals:
        for line in journal.read_bytes().split(b"\n")[:-1]:  # what has no end was never stored
            note = msgspec.json.decode(line, type=_Note)
            if note.runs or note.run not in notes:
                notes[note.run] = note
    changes = Changes()
    for run in sorted(notes):
        notes[run].add_to(changes)
    return changes
