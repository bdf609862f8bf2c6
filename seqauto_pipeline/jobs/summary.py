"""What the stage of scripts and jobs reports."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Self

HOW_TO_BEGIN = (
    "No jobs are configured: to have missing files made, write job_recipes in the settings; "
    "docs/jobs.md tells how."
)
_LISTED = 200  # rows of its table


@dataclass(slots=True)
class JobsSummary:
    """What was launched, what waits, and why the rest was not launched."""

    said: str = ""  # one sentence, where nothing was to be done
    launched: Counter[str] = field(default_factory=Counter)  # by file type, as the next
    waiting: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    written_runs: tuple[int, ...] = ()  # numbers of runs with files that are being made from now on
    ended: Counter[str] = field(default_factory=Counter)  # by state
    notes: list[str] = field(default_factory=list)
    rows: list[dict[str, str | int]] = field(default_factory=list)
    runs: Counter[tuple[str, str]] = field(default_factory=Counter)  # launched, by root and path

    @classmethod
    def nothing_configured(cls) -> Self:
        return cls(HOW_TO_BEGIN)

    def add_row(self, did: str, file_type: str, path: str, job: str, script: str) -> None:
        if len(self.rows) < _LISTED:
            row: dict[str, str | int] = {"did": did, "file_type": file_type, "file": path}
            self.rows.append({**row, "job": job, "script": script})

    def metadata(self) -> dict[str, int | float | str]:
        if self.said:
            return {"jobs": self.said}
        return {
            "launched": self.launched.total(),
            "waiting": self.waiting.total(),
            "refused": self.refused.total(),
            "in_flight": self.in_flight,
            "failed": sum(self.ended[state] for state in ("failed", "lost")),
        }

    def tables(self) -> dict[str, list[dict[str, str | int]]]:
        types = sorted({*self.launched, *self.waiting, *self.refused})
        return {
            "jobs_by_type": [
                {
                    "file_type": name,
                    "launched": self.launched[name],
                    "waiting": self.waiting[name],
                    "refused": self.refused[name],
                }
                for name in types
            ],
            "jobs_launched": self.rows,
            "notes_on_jobs": [{"note": note} for note in dict.fromkeys(self.notes)],
        }

    def in_words(self) -> str:
        if self.said:
            return self.said
        return (
            f"{self.launched.total()} launched, {self.waiting.total()} waiting, "
            f"{self.refused.total()} refused, {self.in_flight} in flight"
        )
