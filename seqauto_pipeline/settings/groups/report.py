"""The report: pages that are made after each scan, for people without an account or a shell."""

from pathlib import Path

from pydantic import Field, field_validator

from seqauto_pipeline.settings.checks import absolute_path, is_web_url
from seqauto_pipeline.settings.groups.base import SettingsGroup
from seqauto_pipeline.toml_input.wording import found


class ReportSettings(SettingsGroup):
    """Where the report is written, and where people find it."""

    report_directory: Path | None = Field(
        default=None,
        description="The directory that gets the report, or its changes, after each scan: pages "
        "of all sequencing runs. It has to be new, empty or a report. Without one: `seqauto "
        "report DIR` writes it when it is called.",
        examples=["/var/lib/seqauto/report"],
    )
    report_url: str = Field(
        default="",
        description="Where people open the report in a browser; the web UI links to it. Empty: "
        "it is not served.",
        examples=["https://seqauto.example.org/report/"],
    )

    @field_validator("report_directory", mode="before")
    @classmethod
    def _name_its_directory(cls, value: object) -> object:
        return absolute_path(value)

    @field_validator("report_url")
    @classmethod
    def _name_the_report(cls, url: str) -> str:
        if url and not is_web_url(url):
            raise ValueError(f"found {found(url)}, expected http://HOST/PATH or https://HOST/PATH")
        return url.rstrip("/")
