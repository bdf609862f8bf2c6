"""Who is told of what is wrong or overdue, and how."""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from seqauto_pipeline.settings.checks import clock_time, is_web_url
from seqauto_pipeline.settings.groups.base import ListOf, SettingsGroup
from seqauto_pipeline.toml_input.wording import found

_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):[0-9]{1,5}")


class AlertSettings(SettingsGroup):
    """Who is told of what is wrong or overdue, and how."""

    alert_mail_to: ListOf[str] = Field(
        default=(),
        description="Who gets alerts by mail. None: no mail is sent.",
        examples=[["lab@example.org"]],
    )
    alert_mail_from: str = Field(
        default="seqauto@localhost",
        description="Whom that mail comes from.",
    )
    smtp_server: str = Field(
        default="localhost:25",
        description="The mail server that takes it, HOST:PORT.",
    )
    smtp_security: Literal["none", "starttls", "tls"] = Field(
        default="none",
        description="How the connection to the mail server is made secret.",
    )
    smtp_user: str | None = Field(
        default=None,
        description="The login at the mail server. Without one: none.",
        examples=["seqauto"],
    )
    smtp_password: SecretStr | None = Field(
        default=None,
        description="The password of that login; it is never shown.",
        examples=["password"],
    )
    alert_slack_webhook: SecretStr | None = Field(
        default=None,
        description="The URL of a Slack incoming webhook that gets alerts; it is never shown.",
        examples=["https://hooks.slack.com/services/T0/B0/XXXX"],
    )
    alert_command: ListOf[str] = Field(
        default=(),
        description="A program with its arguments that is run for each alert, without a shell. "
        "It gets the alert as JSON on its standard input.",
        examples=[["/usr/local/bin/page-somebody", "--urgent"]],
    )
    alert_time: str = Field(
        default="08:00",
        description="When the daily digest of what is overdue is sent: a 24-hour clock time in "
        "the time zone above.",
    )
    missed_scan_minutes: int = Field(
        default=60,
        ge=1,
        description="Minutes after a scan time at which a scheduled scan that did not start "
        "counts as missed.",
    )
    overdue_hours: int = Field(
        default=72,
        ge=1,
        description="Hours for which a sequencing run may be complete and still without the files "
        "below.",
    )
    overdue_hours_for_kit: Mapping[str, int] = Field(
        default_factory=dict,
        description="The same for the runs of one enrichment kit; it goes before overdue_hours.",
        examples=[{"idt_exome": 120}],
    )
    overdue_file_types: ListOf[str] = Field(
        default=("fastq", "vcf"),
        description="The types of files that are overdue when they are missing for so long.",
    )

    @field_validator("alert_time")
    @classmethod
    def _read_one_time(cls, time: str) -> str:
        return clock_time(time, "08:00")

    @field_validator("alert_slack_webhook")
    @classmethod
    def _name_a_webhook(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not is_web_url(url.get_secret_value()):
            raise ValueError("found text that is no web address, expected https://HOST/PATH")
        return url

    @field_validator("smtp_server")
    @classmethod
    def _name_a_mail_server(cls, server: str) -> str:
        if not _SERVER.fullmatch(server):
            raise ValueError(f"found {found(server)}, expected HOST:PORT such as 'localhost:25'")
        return server
