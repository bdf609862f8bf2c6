"""Every exception we raise on purpose. Each says what, which, and what to do next."""

from seqauto_pipeline.errors.base import (
    SeqAutoError,
)
from seqauto_pipeline.errors.configuration import (
    LayoutError,
    NotConfiguredError,
    NotPermittedError,
    ReportDirectoryError,
    SettingsError,
)
from seqauto_pipeline.errors.databases import (
    BackupError,
    DagsterConfigError,
    DagsterStorageError,
    DatabaseChangedError,
    DatabaseDamagedError,
    DatabaseUnavailableError,
    ModelsGoneError,
    NoModelsError,
    SchemaError,
)
from seqauto_pipeline.errors.jobs import (
    BackendUnavailableError,
    JobRefusedError,
)
from seqauto_pipeline.errors.scans import (
    OlderRecordError,
    ScanBusyError,
    ScanCancelledError,
    ScanForgottenError,
    ScanLockError,
    ScanLockLostError,
    ScanRecordError,
    ScansDisabledError,
    UnknownRootError,
    UnknownRunError,
    UnknownScanError,
    VanishedError,
)
from seqauto_pipeline.errors.shards import (
    ShardFileError,
    ShardSettingsError,
)

__all__ = [
    "BackendUnavailableError",
    "BackupError",
    "DagsterConfigError",
    "DagsterStorageError",
    "DatabaseChangedError",
    "DatabaseDamagedError",
    "DatabaseUnavailableError",
    "JobRefusedError",
    "LayoutError",
    "ModelsGoneError",
    "NoModelsError",
    "NotConfiguredError",
    "NotPermittedError",
    "OlderRecordError",
    "ReportDirectoryError",
    "ScanBusyError",
    "ScanCancelledError",
    "ScanForgottenError",
    "ScanLockError",
    "ScanLockLostError",
    "ScanRecordError",
    "ScansDisabledError",
    "SchemaError",
    "SeqAutoError",
    "SettingsError",
    "ShardFileError",
    "ShardSettingsError",
    "UnknownRootError",
    "UnknownRunError",
    "UnknownScanError",
    "VanishedError",
]
