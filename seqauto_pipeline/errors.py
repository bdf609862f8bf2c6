"""Every exception we raise on purpose. Each says what, which, and what to do next."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar


class SeqAutoError(Exception):
    """Base class. ``fix`` is what the operator should do next and ends every message."""

    fix: ClassVar[str] = ""
    names_the_unknown: ClassVar[bool] = False  # a person named what is not known

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # args mirror each subclass's signature, so it pickles


class SettingsError(SeqAutoError):
    """The settings cannot be used: file, line, what was found, what was expected."""

    fix = "Correct the setting, then check it with `seqauto settings`."

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where, self.reason = where, reason

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}. {self.fix}"


class LayoutError(SeqAutoError):
    """A layout file is not usable: which file, which field, why."""

    fix = "Correct the layout file, then try it with `seqauto layout check FILE`."

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where, self.reason = where, reason

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}. {self.fix}"


class ScanRecordError(SeqAutoError):
    """The kept file list of a scan cannot be used: it is gone, damaged or not whole."""

    fix = "Choose another scan with `seqauto scans`, or scan the disks again with `seqauto scan`."

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"Cannot use the scan record {self.path}: {self.reason}. {self.fix}"


class ReportDirectoryError(SeqAutoError):
    """The report cannot be written to a directory."""

    fix = "Name another directory: one that is new, empty, or a report that nobody else writes."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"Cannot write the report to {self.path}: {self.reason}. {self.fix}"


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


class DatabaseUnavailableError(SeqAutoError):
    """The models database cannot be reached or refuses to work: a retry may help."""

    fix = "Check that it runs and can be reached, and database_url (SEQAUTO_DATABASE_URL)."

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where, self.reason = where, reason

    def __str__(self) -> str:
        return f"Cannot use the models database {self.where}: {self.reason}. {self._fix_here()}"

    def _fix_here(self) -> str:
        return _fix_of(self.reason, self.fix)


def _fix_of(reason: str, otherwise: str) -> str:
    """Choose what to do by what a driver says."""
    return next((fix for said, fix in _FIXES.items() if said in reason), otherwise)


_FIXES = {
    "unable to open database file": "Look with `ls -ld` whether that is a file, and whether its "
    "directory is there and may be entered.",
    "database or disk is full": "Free space on its disk (df shows it), then run it again.",
    "No space left on device": "Free space on the disk of the server, then run it again.",
    "could not extend file": "Free space on the disk of the server, then run it again.",
    "disk I/O error": "Its disk does not take or give what it should: look at its room (df), the "
    "disk and the mount (dmesg).",
    "database is locked": "End the program that holds it: `fuser -v FILE` names it.",
    "no such table": "It has lost a part of its tables: restore the last backup, then scan.",
    "too many": "Other programs hold all connections that the server allows: end some, or raise "
    "max_connections.",
    "connection slots": "Other programs hold all connections that the server allows: end some, or "
    "raise max_connections.",
    "statement timeout": "The server cancels what runs longer than its statement_timeout: raise it "
    "for this login.",
    "read-only transaction": "The server takes no changes: it is a standby, or was told so. Use "
    "the one that does.",
    "server closed the connection": "The server ended the connection: look whether it was "
    "restarted (its log says why), then run it again.",
    "user request": "Somebody cancelled the statement on the server: run it again.",
    "starting up": "Wait until the server has started, then run it again.",
    "shutting down": "Start the server again, then run it again.",
}


class DatabaseDamagedError(DatabaseUnavailableError):
    """The file of the models database is not what SQLite wrote: no retry helps."""

    fix = (
        "The file is damaged. `seqauto restore` puts the newest backup in its place, and keeps it; "
        "without one, put it aside and begin anew: `seqauto scan --start-over`."
    )


class ModelsGoneError(SeqAutoError):
    """The models database holds nothing, and there are traces of one that did."""

    fix = (
        "Put the newest backup in its place with `seqauto restore`, or begin a new database with "
        "`seqauto scan --start-over`: what people acknowledged and flagged, and the history of "
        "states, are then lost. If the models are elsewhere, correct database_url."
    )

    def __init__(self, where: str, known: str) -> None:
        super().__init__(where, known)
        self.where, self.known = where, known

    def __str__(self) -> str:
        gone = f"The models database {self.where} is gone: it holds nothing, but {self.known}"
        return f"{gone}. {self.fix}"


class BackupError(SeqAutoError):
    """A backup of the models database cannot be made, or cannot be used: which, why."""

    fix = "Nothing was changed. What is kept: `seqauto restore --list`."

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where, self.reason = where, reason

    def __str__(self) -> str:
        return f"Backup, {self.where}: {self.reason}. {self.fix}"


class DatabaseChangedError(SeqAutoError):
    """A scan wrote to the database while it was read by somebody who may not lock it."""

    fix = "Run the command again; what it printed may mix two states."

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where

    def __str__(self) -> str:
        return f"A scan wrote to {self.where} while it was being read. {self.fix}"


class NotPermittedError(SeqAutoError):
    """Somebody may not read or write what belongs to somebody else: who, what, whose it is."""

    def __init__(self, user: str, act: str, fix: str) -> None:
        super().__init__(user, act, fix)
        self.user, self.act, self.fix_here = user, act, fix

    def __str__(self) -> str:
        return f"You are {self.user} and may not {self.act}. {self.fix_here}"


class DagsterStorageError(SeqAutoError):
    """Dagster cannot read or write its own runs and events: a full disk, most often."""

    fix = "Check that its disk has room and may be written to; `seqauto doctor` tells more."

    damaged_fix: ClassVar[str] = (
        "A file of it is damaged: stop the services and move the directory `history` of the home "
        "away. The next scan begins a new list of scans; what they found is in the models."
    )

    def __init__(self, home: str, reason: str) -> None:
        super().__init__(home, reason)
        self.home, self.reason = home, reason

    def __str__(self) -> str:
        is_damaged = any(said in self.reason for said in ("malformed", "not a database"))
        fix = self.damaged_fix if is_damaged else _fix_of(self.reason, self.fix)
        return f"Cannot use Dagster's storage of {self.home}: {self.reason}. {fix}"


class DagsterConfigError(SeqAutoError):
    """A dagster.yaml cannot be used: which file, why."""

    fix = "Correct it, or move it away: the next `seqauto scan` writes a new one."

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"Cannot use {self.path}: {self.reason.rstrip('.')}. {self.fix}"


class SchemaError(SeqAutoError):
    """The models database has no schema, or one of another version."""

    def __init__(self, where: str, reason: str, fix: str) -> None:
        super().__init__(where, reason, fix)
        self.where, self.reason, self.fix_here = where, reason, fix

    def __str__(self) -> str:
        return f"The models database {self.where} {self.reason}. {self.fix_here}"


class NoModelsError(SchemaError):
    """The models database has no schema at all: no scan has made one, or it is gone."""


class NotConfiguredError(SeqAutoError):
    """The settings leave nothing to scan, or do not allow the scan that was asked for."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason, fix)
        self.reason, self.fix_here = reason, fix

    def __str__(self) -> str:
        return f"{self.reason}. {self.fix_here}"


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


class SecondProcessError(SeqAutoError):
    """Work on the disk failed in the process beside the scan's own: a fault of the program."""

    fix = "Report it with this text."

    def __init__(self, trace: str) -> None:
        super().__init__(trace)
        self.trace = trace

    def __str__(self) -> str:
        return f"Work failed in the process beside the scan's own: {self.trace}. {self.fix}"


class BackendUnavailableError(SeqAutoError):
    """What runs jobs does not answer for now: nothing is known of them, and nothing is changed."""

    fix = "Nothing is lost: it is asked again. Where this lasts, look whether it runs."

    def __init__(self, backend: str, reason: str) -> None:
        super().__init__(backend, reason)
        self.backend, self.reason = backend, reason

    def __str__(self) -> str:
        return f"The back-end {self.backend} of jobs does not answer: {self.reason}. {self.fix}"


class JobRefusedError(SeqAutoError):
    """A back-end will never take a job: which, in its words. Those before it were taken."""

    fix = "Correct the recipe or the settings of the back-end; `seqauto jobs retry` tries it again."

    def __init__(self, backend: str, key: str, reason: str) -> None:
        super().__init__(backend, key, reason)
        self.backend, self.key, self.reason = backend, key, reason

    def __str__(self) -> str:
        return f"{self.backend} refuses the job {self.key}: {self.reason}. {self.fix}"
