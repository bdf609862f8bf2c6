"""Errors of settings and layouts, of what a configuration lacks, and of what one may not do."""

from typing import TYPE_CHECKING

from seqauto_pipeline.errors.base import SeqAutoError

if TYPE_CHECKING:  # a tenth of the time of `seqauto --help`
    from pathlib import Path


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


class ReportDirectoryError(SeqAutoError):
    """The report cannot be written to a directory."""

    fix = "Name another directory: one that is new, empty, or a report that nobody else writes."

    def __init__(self, path: "Path", reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"Cannot write the report to {self.path}: {self.reason}. {self.fix}"


class NotPermittedError(SeqAutoError):
    """Somebody may not read or write what belongs to somebody else: who, what, whose it is."""

    def __init__(self, user: str, act: str, fix: str) -> None:
        super().__init__(user, act, fix)
        self.user, self.act, self.fix_here = user, act, fix

    def __str__(self) -> str:
        return f"You are {self.user} and may not {self.act}. {self.fix_here}"


class NotConfiguredError(SeqAutoError):
    """The settings leave nothing to scan, or do not allow the scan that was asked for."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason, fix)
        self.reason, self.fix_here = reason, fix

    def __str__(self) -> str:
        return f"{self.reason}. {self.fix_here}"
