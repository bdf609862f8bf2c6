"""Errors of scans: what may be scanned, who is scanning, and what a scan needs."""

from collections.abc import Mapping

from seqauto_pipeline.errors.base import SeqAutoError


class ScanRecordError(SeqAutoError):
    """The kept file list of a scan cannot be used: it is gone, damaged or not whole."""

    fix = "Choose another scan with `seqauto scans`, or scan the disks again with `seqauto scan`."

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"Cannot use the scan record {self.path}: {self.reason}. {self.fix}"


class ScansDisabledError(SeqAutoError):
    """SEQAUTO_ENABLED is false: nobody may scan, not even by hand."""

    fix = "Set it to true, then scan again."

    def __str__(self) -> str:
        return f"SEQAUTO_ENABLED is false: nothing scans, not even by hand. {self.fix}"


class UnknownRootError(SeqAutoError):
    """A scan was asked to look below a directory that the settings do not name."""

    names_the_unknown = True
    fix = "Name one of these, or add it to scan_roots in the settings."

    def __init__(self, root: str, configured: tuple[str, ...]) -> None:
        super().__init__(root, configured)
        self.root, self.configured = root, configured

    def __str__(self) -> str:
        roots = ", ".join(self.configured) or "none at all"
        return f"{self.root!r} is not a configured root; configured are: {roots}. {self.fix}"


class UnknownRunError(SeqAutoError):
    """A scan was asked for sequencing runs only that are neither on the disks nor in the models."""

    names_the_unknown = True
    fix = "Give its name or its path below a root; `seqauto runs` lists those that are known."

    def __init__(self, names: tuple[str, ...], near: tuple[str, ...] = ()) -> None:
        super().__init__(names, near)
        self.names, self.near = names, near

    def __str__(self) -> str:
        names = " or ".join(map(repr, self.names))
        meant = f"; did you mean {' or '.join(self.near)}?" if self.near else "."
        return f"No sequencing run below the scan roots is called {names}{meant} {self.fix}"


class UnknownScanError(SeqAutoError):
    """No scan, or more than one, has the id that was given."""

    names_the_unknown = True
    fix = "List the scans with `seqauto scans`."

    def __init__(self, scan: str, reason: str) -> None:
        super().__init__(scan, reason)
        self.scan, self.reason = scan, reason

    def __str__(self) -> str:
        return f"Cannot find the scan {self.scan!r}: {self.reason}. {self.fix}"


class ScanLockError(SeqAutoError):
    """The lock that keeps scans apart cannot be taken or kept: which database, why."""

    fix = "Check that the database can be reached and written to, then scan again."

    def __init__(self, database: str, reason: str) -> None:
        super().__init__(database, reason)
        self.database, self.reason = database, reason

    def __str__(self) -> str:
        return f"Cannot lock {self.database} for this scan: {self.reason}. {self.fix}"


class ScanLockLostError(SeqAutoError):
    """A scan lost its lock while it was working, and another scan, or nobody, has it now."""

    fix = (
        "Nothing needs mending: what it had stored stays, and the next scan does the rest. Where "
        "this happens again, look for what cuts connections to the database, removes lock files "
        "or freezes processes."
    )

    def __init__(self, scan: str, holder: str) -> None:
        super().__init__(scan, holder)
        self.scan, self.holder = scan, holder

    def __str__(self) -> str:
        return f"Scan {self.scan} lost its lock to {self.holder}, and stopped. {self.fix}"


class ScanForgottenError(SeqAutoError):
    """Dagster's storage does not know a scan any more that is at work: older tables were put back.

    What the scan had stored may be gone with it.
    """

    fix = "Nothing needs mending: the next scan does all of it. Scan again."

    def __init__(self, scan: str) -> None:
        super().__init__(scan)
        self.scan = scan

    def __str__(self) -> str:
        return (
            f"Scan {self.scan} stopped, as Dagster's storage does not know it any more: the "
            f"database was restored, or made anew, while it worked. {self.fix}"
        )


class ScanCancelledError(SeqAutoError):
    """Somebody, or the system, asked a scan to stop: by what, and who ran it."""

    fix = "The next scan does the rest."

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by

    def __str__(self) -> str:
        return f"Cancelled by {self.by}. {self.fix}"


class ScanBusyError(SeqAutoError):
    """Another scan has the lock, and this one was told not to wait."""

    fix = "Scan again when it has ended, or leave out --no-wait to wait for it."

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder

    def __str__(self) -> str:
        return f"Another scan is running: {self.holder}. {self.fix}"


class VanishedError(SeqAutoError):
    """The brake held: what vanished is taken for a lost mount. All else was saved."""

    fix = (
        "Check that the disks are mounted, then scan again. "
        "If the loss is real, scan once with --accept-vanished PATH."
    )

    def __init__(
        self, held: tuple[str, ...], figures: Mapping[str, int | float | str] | None = None
    ) -> None:
        super().__init__(held, figures)
        self.held = held
        self.figures = figures or {}  # what the scan found and stored all the same

    def __str__(self) -> str:
        held = "; ".join(self.held)
        end = "" if held.endswith("?") else "."
        return f"Nothing was changed below {held}{end} {self.fix}"


class OlderRecordError(SeqAutoError):
    """The file list to apply is older than the last one applied, and nobody forced it."""

    fix = "To make the models say again what was there then, scan with --force."

    def __init__(self, as_of: str, newest: str, plan: str) -> None:
        super().__init__(as_of, newest, plan)
        self.as_of, self.newest, self.plan = as_of, newest, plan

    def __str__(self) -> str:
        return (
            f"The file list of {self.as_of} is older than the one last applied, of {self.newest}; "
            f"nothing was changed. It would change: {self.plan}. {self.fix}"
        )
