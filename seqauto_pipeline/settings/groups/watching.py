"""How the system is watched."""

from pathlib import Path

from pydantic import Field, field_validator

from seqauto_pipeline.settings.checks import absolute_path, is_web_url
from seqauto_pipeline.settings.groups.base import SettingsGroup
from seqauto_pipeline.toml_input.wording import found


class WatchingSettings(SettingsGroup):
    """How database, web server and disks are watched, and when something is wrong."""

    statement_timeout_seconds: int = Field(
        default=3600,
        ge=0,
        description="Seconds after which PostgreSQL ends one of our own statements. "
        "0: the server's own limit stands.",
    )
    slow_query_seconds: int = Field(
        default=900,
        ge=1,
        description="Seconds after which `seqauto status` reports a query of the database, "
        "whoever runs it.",
    )
    web_server_url: str = Field(
        default="http://127.0.0.1:3000",
        description="Where the web server answers, path prefix included: `seqauto status` asks "
        "there, and alerts link to it. Empty: no web server is wanted.",
    )
    probe_timeout_seconds: float = Field(
        default=10.0,
        gt=0,
        description="Seconds for which `seqauto status` and `seqauto doctor` wait for the disks: "
        "a root that does not answer by then hangs.",
    )
    max_scan_age_hours: int = Field(
        default=26,
        ge=1,
        description="Hours since the last finished scan after which something is wrong.",
    )
    min_free_mib: int = Field(
        default=500,
        ge=0,
        description="Mebibytes that must be free where we store: in DAGSTER_HOME and beside an "
        "SQLite database.",
    )
    metrics_file: Path | None = Field(
        default=None,
        description="The file that gets figures for Prometheus after each scan; a name in .prom "
        "in the directory of the node exporter's textfile collector. Without one: none is written.",
        examples=["/var/lib/prometheus/node-exporter/seqauto.prom"],
    )

    @field_validator("metrics_file", mode="before")
    @classmethod
    def _name_a_file(cls, value: object) -> object:
        return absolute_path(value)

    @field_validator("web_server_url")
    @classmethod
    def _name_a_web_server(cls, url: str) -> str:
        if url and not is_web_url(url):
            raise ValueError(f"found {found(url)}, expected http://HOST:PORT or https://HOST/PATH")
        return url.rstrip("/")
