"""When scans ran, and which of them looked at a sequencing run."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.db.models import Scan, SequencingRun
from seqauto_pipeline.db.models.scans import scope_of


@dataclass(frozen=True, slots=True)
class ScanTimes:
    """When the disks were listed by each scan; and the scope of each that was applied."""

    times: Mapping[int, dt.datetime]
    applied: Mapping[int, Scope]  # the newest first

    def time(self, scan_id: int | None) -> dt.datetime | None:
        return None if scan_id is None else self.times.get(scan_id)

    def last_look(self, run: SequencingRun, up_to: int | None = None) -> int | None:
        """Find the last applied scan that covered a sequencing run."""
        return next(
            (
                scan_id
                for scan_id, scope in self.applied.items()
                if (up_to is None or scan_id <= up_to) and scope.covers(run.root, run.path)
            ),
            None,
        )


def scan_times(session: Session) -> ScanTimes:
    columns = (Scan.id, Scan.started_at, Scan.as_of, Scan.applied_at, Scan.is_everything)
    rows = session.execute(select(*columns, Scan.scope).order_by(Scan.id.desc())).all()
    everything = Scope()
    return ScanTimes(
        {row.id: row.as_of or row.started_at for row in rows},
        {
            row.id: everything if row.is_everything else scope_of(row.scope)
            for row in rows
            if row.applied_at is not None
        },
    )
