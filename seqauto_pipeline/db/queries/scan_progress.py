"""How much of a scan is stored."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import FileEvent, Scan, SequencingRun


@dataclass(frozen=True, slots=True)
class ScanProgress:
    has_record: bool  # whether its file list is whole
    runs: int  # sequencing runs of which it has stored something
    file_changes: int
    is_applied: bool  # whether its last change is stored


def scan_progress(session: Session, dagster_run_id: str) -> ScanProgress | None:
    """Look how far a scan has got; None where it has not begun to store anything."""
    scan = session.scalars(select(Scan).where(Scan.dagster_run_id == dagster_run_id)).first()
    if scan is None:
        return None
    runs = select(func.count()).where(SequencingRun.written_scan_id == scan.id)
    changes = select(func.count()).where(FileEvent.scan_id == scan.id)
    return ScanProgress(
        scan.record_id is not None,
        session.scalar(runs) or 0,
        session.scalar(changes) or 0,
        scan.applied_at is not None,
    )
