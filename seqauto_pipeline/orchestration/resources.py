"""What a person may choose when launching a scan."""

from dataclasses import dataclass

import dagster as dg

from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.scan.steps import ScanRequest


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How this scan differs from a scan of everything."""

    roots: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    accept_vanished: tuple[str, ...] = ()
    reuse_prev_scan_id: str = ""
    force: bool = False
    full: bool = False

    def request(self, site: Site) -> ScanRequest:
        """Make a request of the choices. Roots that the settings do not name are refused."""
        return ScanRequest(
            scope=site.scope(self.roots, self.runs),
            accept_vanished=self.accept_vanished,
            force=self.force,
            full=self.full,
        )


def _paths(description: str) -> dg.Field:
    return dg.Field([str], default_value=[], description=description)


# Plain types: those of a ConfigurableResource would also take {"env": NAME}, and the web server,
# which has no login, would show the value of any environment variable in the message about it.
LAUNCH_FIELDS = {
    "roots": _paths(
        "Scan only below these roots. Each must be one of scan_roots in the settings; "
        "any other directory is refused. Empty: all of them.",
    ),
    "runs": _paths(
        "Scan only these sequencing runs: their names, or their paths below a root. "
        "Empty: all of them.",
    ),
    "accept_vanished": _paths(
        "Paths (a root, a kit or a run) whose loss is real: what was there is marked "
        "deleted, even where so much is gone that a lost mount would be suspected.",
    ),
    "reuse_prev_scan_id": dg.Field(
        str,
        default_value="",
        description="Do not look at the disks: take the file list that an earlier scan kept. Its "
        "id as `seqauto scans` shows it, or latest or latest-finished. Empty: look at the disks.",
    ),
    "force": dg.Field(
        bool,
        default_value=False,
        description="Apply the file list of reuse_prev_scan_id even when a newer one was applied "
        "since: the states become those of that day.",
    ),
    "full": dg.Field(
        bool,
        default_value=False,
        description="List every directory, also of runs that have not changed for long. A scan "
        "does so by itself every full_scan_every_days.",
    ),
}


@dg.resource(
    config_schema=LAUNCH_FIELDS,
    description="How this scan differs from a scan of everything. "
    "All fields may be left as they are.",
)
def scan_options(context: dg.InitResourceContext) -> ScanOptions:
    """Take what was chosen at the launch."""
    chosen = context.resource_config
    return ScanOptions(
        roots=tuple(chosen["roots"]),
        runs=tuple(chosen["runs"]),
        accept_vanished=tuple(chosen["accept_vanished"]),
        reuse_prev_scan_id=chosen["reuse_prev_scan_id"],
        force=chosen["force"],
        full=chosen["full"],
    )
