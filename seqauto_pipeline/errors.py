"""Every exception we raise on purpose. Each says what, which, and what to do next."""

from typing import ClassVar


class SeqAutoError(Exception):
    """Base class. ``fix`` is what the operator should do next and ends every message."""

    fix: ClassVar[str] = ""

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
