"""The file models, open to be read: what every view is made from."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.core.display import local_time
from seqauto_pipeline.settings import Settings, archive_rules

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Session


@dataclass(frozen=True, slots=True)
class OpenModels:
    """A session on the file models, and what is needed to show them."""

    session: "Session"
    home: Path
    settings: Settings
    zone: ZoneInfo  # of the times that people read
    now: dt.datetime

    @property
    def archive(self) -> Archive:
        """What the laboratory archives, as of today."""
        return Archive(archive_rules(self.settings), self.now.astimezone(self.zone).date())

    def local_day(self, moment: str | None) -> str:
        """Write the day of a moment in ISO 8601 for people; nothing where there is none."""
        return "" if moment is None else self.local(dt.datetime.fromisoformat(moment))[:10]

    def local(self, moment: dt.datetime | None) -> str:
        """Write a moment for people, in the configured zone; nothing where there is none."""
        return "" if moment is None else local_time(moment, self.zone)
