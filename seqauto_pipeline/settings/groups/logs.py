"""Log files of scans."""

from pathlib import Path

from pydantic import Field, field_validator

from seqauto_pipeline.settings.checks import absolute_path
from seqauto_pipeline.settings.groups.base import MIB, SettingsGroup


class LogSettings(SettingsGroup):
    """Log files of scans."""

    log_directory: Path | None = Field(
        default=None,
        description="Where the log files of scans are written, one JSON object a line. "
        "Without one: logs in DAGSTER_HOME.",
        examples=["/var/log/seqauto"],
    )
    log_max_bytes: int = Field(
        default=10 * MIB,
        ge=1000,
        description="Size in bytes at which a log file is put aside and a new one is begun.",
    )
    log_files: int = Field(
        default=10,
        ge=1,
        description="Number of log files that are kept, the newest included.",
    )

    @field_validator("log_directory", mode="before")
    @classmethod
    def _make_absolute(cls, value: object) -> object:
        return absolute_path(value)
