"""Backups of the models database."""

from pathlib import Path

from pydantic import Field, field_validator

from seqauto_pipeline.settings.checks import absolute_path
from seqauto_pipeline.settings.groups.base import SettingsGroup


class BackupSettings(SettingsGroup):
    """Backups of the models database."""

    backup_hours: int = Field(
        default=24,
        ge=0,
        description="Hours after which the newest backup of the models database is too old: the "
        "next scan makes one at its end. 0: scans make none.",
    )
    backup_directory: Path | None = Field(
        default=None,
        description="Where these backups are kept; best on another disk. Without one: backups in "
        "DAGSTER_HOME.",
        examples=["/backup/seqauto"],
    )
    keep_backups: int = Field(
        default=7,
        ge=1,
        description="Number of these backups that are kept, the newest included.",
    )

    @field_validator("backup_directory", mode="before")
    @classmethod
    def _make_directory_absolute(cls, value: object) -> object:
        return absolute_path(value)
