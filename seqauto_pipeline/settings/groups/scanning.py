"""What is scanned, when, and where that is stored."""

import zoneinfo
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from seqauto_pipeline.core.near_words import nearest
from seqauto_pipeline.settings.checks import (
    absolute_path,
    clock_time,
    compiled,
    distinct,
    layout_name,
    overlap,
)
from seqauto_pipeline.settings.database_url import normal_url
from seqauto_pipeline.settings.groups.base import ListOf, SettingsGroup
from seqauto_pipeline.settings.time_zone import is_zone
from seqauto_pipeline.toml_input.wording import found

_NEEDED_BESIDE = {
    "list_timeout_seconds": ("list_command",),
    "list_max_age_hours": ("list_file",),
    "root_there": ("list_command", "list_file"),
}


class ScanRoot(BaseModel):
    """A directory below which run folders lie, and where it is listed: here, unless it says so."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    path: Path
    layout: str | None = None  # None: the setting `layout`
    list_command: ListOf[str] | None = Field(default=None, min_length=1)  # that writes a list of it
    list_timeout_seconds: float | None = Field(default=None, gt=0)  # that it may take
    list_file: Path | None = None  # that another machine writes
    list_max_age_hours: float | None = Field(default=None, gt=0)  # of that file
    root_there: Path | None = None  # what the machine that lists calls it; None: the same path

    @property
    def is_listed_here(self) -> bool:
        return self.list_command is None and self.list_file is None

    @model_validator(mode="before")
    @classmethod
    def _accept_a_bare_path(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str | Path) else value

    @model_validator(mode="after")
    def _list_in_one_way(self) -> Self:
        if self.list_command is not None and self.list_file is not None:
            raise ValueError("found list_command and list_file, expected one of them")
        for name, needed in _NEEDED_BESIDE.items():
            is_there = any(getattr(self, each) is not None for each in needed)
            if getattr(self, name) is not None and not is_there:
                raise ValueError(f"found {name}, expected {' or '.join(needed)} beside it")
        return self

    @field_validator("path", "list_file", "root_there", mode="before")
    @classmethod
    def _make_absolute_without_links(cls, value: object) -> object:
        return absolute_path(value)

    @field_validator("layout")
    @classmethod
    def _name_a_layout(cls, value: str | None) -> str | None:
        return value if value is None else layout_name(value)


class ScanningSettings(SettingsGroup):
    """What is scanned, when, and where that is stored."""

    enabled: bool = Field(
        default=True,
        description="Whether SeqAuto works at all. When false nothing scans, "
        "not even a scan started by hand.",
    )
    scan_disks: bool = Field(
        default=True,
        description="Whether the schedule and the sensors start scans. "
        "A scan started by hand runs whatever this says.",
    )
    upload_enabled: bool = Field(
        default=True,
        description="Whether what a scan finds may be loaded. "
        "When false the schedule and the sensors start no scan.",
    )
    scan_roots: ListOf[ScanRoot] = Field(
        default=(),
        description="The directories to scan, each an absolute path. None may lie in another. "
        "In the file a root with a layout of its own is written as a table, as is one that is "
        "listed where its disk is: by list_command, or into list_file (docs/list_files.md).",
        examples=[["/data/clinical_hg38", {"path": "/data/research", "layout": "illumina"}]],
    )
    layout: str = Field(
        default="tau",
        description="Where the parts of a run folder are: the name of a layout that comes with "
        "the package (tau, illumina), or the absolute path of a layout file.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="The database of what scans found, as an SQLAlchemy URL of PostgreSQL or "
        "SQLite. Without one: the SQLite file seqauto.db in DAGSTER_HOME. "
        "A password in it is never shown.",
        examples=["postgresql://seqauto:password@db.example.org/seqauto"],
    )
    time_zone: str | None = Field(
        default=None,
        description="The zone of the scan times and of the times shown, a name of the time zone "
        "database. Without one: the machine's.",
        examples=["Australia/Adelaide"],
    )
    scan_times: ListOf[str] = Field(
        default=("06:00", "19:00"),
        description="When the schedule starts a scan each day: 24-hour clock times in the "
        "time zone above.",
    )
    new_run_sensor: bool = Field(
        default=False,
        description="Whether a sensor looks for new and changed run folders every few minutes "
        "and scans just those.",
    )
    skip_marker: str = Field(
        default=".variantgrid_skip_flowcell",
        description="Name of the file that makes scans skip the directory that holds it, "
        "with all below it.",
    )
    skip_patterns: ListOf[str] = Field(
        default=(),
        description="Regular expressions: a run folder is skipped when one is found anywhere in "
        "its path.",
        examples=[["/validation/", "_test$"]],
    )

    @field_validator("scan_roots")
    @classmethod
    def _keep_roots_apart(cls, roots: tuple[ScanRoot, ...]) -> tuple[ScanRoot, ...]:
        reason = overlap(tuple(root.path for root in roots))
        if reason is not None:
            raise ValueError(reason)
        return roots

    @field_validator("layout")
    @classmethod
    def _name_a_layout(cls, value: str) -> str:
        return layout_name(value)

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(normal_url(value.get_secret_value()))

    @field_validator("time_zone")
    @classmethod
    def _know_the_zone(cls, value: str | None) -> str | None:
        if value is not None and not is_zone(value):
            near = nearest(value, zoneinfo.available_timezones())
            hint = f"; did you mean {near!r}?" if near else " such as 'Europe/Berlin'"
            raise ValueError(
                f"found {found(value)}, expected a name of the time zone database{hint}"
            )
        return value

    @field_validator("scan_times")
    @classmethod
    def _read_the_clock(cls, times: tuple[str, ...]) -> tuple[str, ...]:
        for time in times:
            clock_time(time, "06:00")
        if not times:
            raise ValueError(
                "found no time, expected at least one; to stop scheduled scans set scan_disks "
                "to false"
            )
        return distinct(times)

    @field_validator("skip_marker")
    @classmethod
    def _name_one_file(cls, value: str) -> str:
        if value in {"", ".", ".."} or "/" in value or "\0" in value:
            raise ValueError(f"found {found(value)}, expected the name of a file, without '/'")
        return value

    @field_validator("skip_patterns")
    @classmethod
    def _compile_all(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(compiled(pattern) for pattern in patterns)
