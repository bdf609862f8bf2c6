"""Files that a laboratory archives: deleted, and by its own rule neither missing nor lost."""

import datetime as dt
from dataclasses import dataclass

from seqauto_pipeline.core.data_state import DataState

ARCHIVED = "archived"  # how a deleted file that a rule covers is shown and counted; never stored


@dataclass(frozen=True, slots=True)
class ArchiveRule:
    """Files of one type are archived once their sequencing run is old enough."""

    file_type: str
    older_than_days: int  # counted from the run's date
    kit: str | None = None  # of the run, in any case of letters; None: every kit

    def newest_date(self, today: dt.date) -> dt.date:
        """Date of the youngest runs that are old enough."""
        age = min(self.older_than_days + 1, today.toordinal() - 1)
        return today - dt.timedelta(days=age)

    def is_about(self, file_type: str, kit: str | None) -> bool:
        """Tell whether it is about such files of such a run, however old it is."""
        is_of_kit = self.kit is None or self.kit.casefold() == (kit or "").casefold()
        return is_of_kit and self.file_type == file_type


@dataclass(frozen=True, slots=True)
class Archive:
    """The rules of a laboratory, as they hold on one day."""

    rules: tuple[ArchiveRule, ...] = ()
    today: dt.date = dt.date.min

    def covers(self, file_type: str, kit: str | None, run_date: dt.date | None) -> bool:
        """Tell whether files of a type, gone from a run of a kit and date, are archived."""
        return run_date is not None and any(
            rule.is_about(file_type, kit) and run_date <= rule.newest_date(self.today)
            for rule in self.rules
        )

    def state_of(
        self, data_state: str, file_type: str, kit: str | None, run_date: dt.date | None
    ) -> str:
        """Give the state under which a file is shown: its own, or that it is archived."""
        is_deleted = data_state == DataState.DELETED
        return ARCHIVED if is_deleted and self.covers(file_type, kit, run_date) else data_state
