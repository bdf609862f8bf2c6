"""Errors of scans that several processes work on."""

from seqauto_pipeline.errors.base import SeqAutoError


class ShardFileError(SeqAutoError):
    """A file that the shards of a scan hand to each other cannot be used."""

    fix = (
        "DAGSTER_HOME must be one directory that all workers see. A scan is begun again at "
        "scan_files or at create_models, not at a step between; else scan again."
    )

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"Cannot use {self.path} of a scan in shards: {self.reason}. {self.fix}"


class ShardSettingsError(SeqAutoError):
    """A worker lists by other settings than the scan that it works for."""

    fix = "Give all workers the same seqauto.toml, layouts and version of SeqAuto, then scan again."

    def __init__(self, root: str) -> None:
        super().__init__(root)
        self.root = root

    def __str__(self) -> str:
        return (
            f"This worker's settings for {self.root} are not those of the scan, or changed since "
            f"it began. {self.fix}"
        )
