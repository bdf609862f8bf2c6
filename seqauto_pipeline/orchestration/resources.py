"""What a person may choose when launching a scan."""

import dagster as dg
from pydantic import Field

from seqauto_pipeline.orchestration.place import Place
from seqauto_pipeline.pipeline import ScanRequest


class ScanOptions(dg.ConfigurableResource):  # type: ignore[type-arg]  # generic for other uses only
    """How this scan differs from a scan of everything. All fields may be left as they are."""

    roots: list[str] = Field(
        default=[],
        description="Scan only below these roots. Each must be one of scan_roots in the settings; "
        "any other directory is refused. Empty: all of them.",
    )
    runs: list[str] = Field(
        default=[],
        description="Scan only these sequencing runs: their names, or their paths below a root. "
        "Empty: all of them.",
    )
    accept_vanished: list[str] = Field(
        default=[],
        description="Paths (a root, a kit or a run) whose loss is real: what was there is marked "
        "deleted, even where so much is gone that a lost mount would be suspected.",
    )
    reuse_prev_scan_id: str = Field(
        default="",
        description="Do not look at the disks: take the file list that an earlier scan kept. Its "
        "id as `seqauto scans` shows it, or latest or latest-finished. Empty: look at the disks.",
    )
    force: bool = Field(
        default=False,
        description="Apply the file list of reuse_prev_scan_id even when a newer one was applied "
        "since: the states become those of that day.",
    )
    full: bool = Field(
        default=False,
        description="List every directory, also of runs that have not changed for long. A scan "
        "does so by itself every full_scan_every_days.",
    )

    def request(self, place: Place) -> ScanRequest:
        """Make a request of the choices. Roots that the settings do not name are refused."""
        return ScanRequest(
            scope=place.scope(self.roots, self.runs),
            accept_vanished=tuple(self.accept_vanished),
            force=self.force,
            full=self.full,
        )
