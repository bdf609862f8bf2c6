"""What each step of a scan reports: figures and tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seqauto_pipeline.core.display import counted

if TYPE_CHECKING:  # the second process counts sheets, and knows no changes
    from seqauto_pipeline.scan.changes import Changes

Figures = dict[str, int | float | str]
Tables = dict[str, list[dict[str, str | int]]]


@dataclass(frozen=True, slots=True)
class FilesSummary:
    """What the walk saw."""

    record_id: str
    runs: int = 0
    directories: int = 0
    files: int = 0
    bytes_seen: int = 0
    unreadable: int = 0
    unavailable_roots: tuple[str, ...] = ()
    record_bytes: int = 0
    unknown_runs: tuple[str, ...] = ()  # names in the request that no sequencing run has
    notes: tuple[str, ...] = ()  # what a person should know of how it went

    def metadata(self) -> Figures:
        return {
            "run_folders": self.runs,
            "directories": self.directories,
            "files": self.files,
            "bytes": self.bytes_seen,
            "unreadable": self.unreadable,
            "unavailable_roots": len(self.unavailable_roots),
            "record_bytes": self.record_bytes,
        }

    def tables(self) -> Tables:
        return {
            "unavailable_roots": [{"root": root} for root in self.unavailable_roots],
            "unknown_runs": [{"run": name} for name in self.unknown_runs],
            "notes_on_the_walk": [{"note": note} for note in self.notes],
        }


@dataclass(frozen=True, slots=True)
class SheetsSummary:
    """What the sheets and metadata of new and changed runs say."""

    runs: int
    sheets: int
    samples: int
    unreadable_sheets: int
    problems: Mapping[tuple[str, str], int]  # by severity and code
    notes: tuple[str, ...] = ()  # what a person should know of how it went

    def metadata(self) -> Figures:
        return {
            "changed_runs": self.runs,
            "sheets": self.sheets,
            "samples": self.samples,
            "unreadable_sheets": self.unreadable_sheets,
            "problems": sum(self.problems.values()),
        }

    def tables(self) -> Tables:
        rows = sorted(self.problems.items())
        return {
            "problems": [
                {"severity": severity, "code": code, "count": count}
                for (severity, code), count in rows
            ],
            "notes_on_the_sheets": [{"note": note} for note in self.notes],
        }


@dataclass(frozen=True, slots=True)
class ModelsSummary:
    """What the models say now, and what this scan changed of them."""

    scan_id: int
    as_of: str  # when the disks were listed, ISO 8601
    runs: Mapping[str, int]  # by state
    files: Mapping[tuple[str, str], int]  # by type and state
    messages: Mapping[tuple[str, str], int]  # open ones by severity and code
    changes: "Changes"
    held: tuple[str, ...] = ()
    unknown_runs: tuple[str, ...] = ()  # only of a plan: names that no sequencing run has
    notes: tuple[str, ...] = ()  # only of a plan: what a person should know of its walk

    def metadata(self) -> Figures:
        changes = self.changes
        return {
            "scan_id": self.scan_id,
            "as_of": self.as_of,
            "runs": sum(self.runs.values()),
            "expected_files": sum(self.files.values()),
            "open_messages": sum(self.messages.values()),
            "runs_changed": changes.runs,
            "files_changed": changes.file_states.total(),
            "contents_loaded": changes.contents,
            "messages_opened": changes.messages_opened,
            "messages_closed": changes.messages_closed,
            "runs_failed": len(changes.failed_runs),
            "held_by_the_brake": len(self.held),
        }

    def tables(self) -> Tables:
        return {
            "runs": [{"state": state, "count": n} for state, n in sorted(self.runs.items())],
            "files": _count_rows(self.files, "file_type", "state"),
            "changes": _count_rows(self.changes.file_states, "file_type", "new_state"),
            "messages": _count_rows(self.messages, "severity", "code"),
            "held": [{"part": part} for part in self.held],
            "unknown_runs": [{"run": name} for name in self.unknown_runs],
            "notes_on_the_walk": [{"note": note} for note in self.notes],
            "notes_on_the_models": [{"note": note} for note in self.changes.notes],
            "changed_files": [
                {
                    "run": each.run,
                    "file_type": each.file_type,
                    "path": each.path,
                    "old": each.old_state,
                    "new": each.new_state,
                }
                for each in self.changes.listed
            ],
        }

    def stored_counts(self) -> dict[str, object]:
        """Give what the models keep of the scan's outcome."""
        states = sorted(self.changes.file_states.items())
        return {
            **self.metadata(),
            "changes": [[kind, state, count] for (kind, state), count in states],
        }

    def in_words(self) -> str:
        """Sum the changes up in a clause."""
        changes = self.changes
        if not changes.runs:
            return "nothing"
        files = changes.file_states.total()
        return f"{counted(files, 'file record')} in {counted(changes.runs, 'run')}"


def _count_rows(
    counts: Mapping[tuple[str, str], int], first: str, second: str
) -> list[dict[str, str | int]]:
    return [{first: a, second: b, "count": count} for (a, b), count in sorted(counts.items())]
