"""Errors of the models database and of Dagster's storage."""

from typing import ClassVar

from seqauto_pipeline.errors.base import SeqAutoError


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
    "duplicate key value": "A crash of the server set the numbers of its tables back: the next "
    "command puts them right. Run it again.",
    "not permitted to log in": "The server lets this login in no more: have its administrator "
    "allow it (ALTER ROLE ... LOGIN), or correct database_url.",
    "connection to server": "Check that it runs and can be reached, and database_url "
    "(SEQAUTO_DATABASE_URL).",
    "does not exist": "It has no tables yet, or those of another version: run `seqauto scan` where "
    "nothing was scanned yet, else `seqauto migrate`.",
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
