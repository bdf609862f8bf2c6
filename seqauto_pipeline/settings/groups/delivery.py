"""Who is told of what scans found: VariantGrid, a directory, a web address, a lab's own program."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from seqauto_pipeline.settings.checks import absolute_path, distinct, is_web_url
from seqauto_pipeline.settings.groups.base import ListOf, SettingsGroup
from seqauto_pipeline.toml_input.wording import found

_TABLE = ConfigDict(frozen=True, extra="forbid", strict=True)


class DeliveredKit(BaseModel):
    """What VariantGrid calls an enrichment kit."""

    model_config = _TABLE

    name: str = Field(min_length=1)
    version: int = Field(default=1, ge=0)


class DeliveredTool(BaseModel):
    """A program that made some files."""

    model_config = _TABLE

    name: str = Field(min_length=1)
    version: str = Field(min_length=1)
    files: str = Field(default="*", min_length=1)  # a pattern of their names
    kit: str | None = Field(default=None, min_length=1)  # None: every kit
    run_params: str | None = Field(default=None, min_length=1)  # of a variant caller


class DeliverySettings(SettingsGroup):
    """Who is told of what scans found. Without a receiver nothing is delivered."""

    variantgrid_url: str | None = Field(
        default=None,
        description="The VariantGrid server that is told of sequencing runs, samples, files and "
        "QC. Without one: none is. See docs/delivery.md.",
        examples=["https://variantgrid.example.org"],
    )
    variantgrid_token: SecretStr | None = Field(
        default=None,
        description="The API token of a user of that server; it is never shown. Better kept in a "
        "file, or in the environment of the service.",
        examples=["token"],
    )
    variantgrid_token_file: Path | None = Field(
        default=None,
        description="A file that holds that token and nothing else.",
        examples=["/etc/seqauto/variantgrid.token"],
    )
    delivery_ca_file: Path | None = Field(
        default=None,
        description="Certificates (PEM) by which the certificates of servers are judged. Without "
        "one: those that come with the program.",
        examples=["/etc/ssl/certs/lab.pem"],
    )
    delivery_directory: Path | None = Field(
        default=None,
        description="A directory that gets what is delivered as files of JSON lines. Without one: "
        "none does.",
        examples=["/srv/seqauto/outbox"],
    )
    delivery_webhook: SecretStr | None = Field(
        default=None,
        description="A web address that what is delivered is posted to as JSON; it is never "
        "shown. Without one: none is.",
        examples=["https://lims.example.org/hooks/seqauto"],
    )
    delivery_webhook_secret: SecretStr | None = Field(
        default=None,
        description="The secret that each of these posts is signed with (HMAC-SHA256); it is never "
        "shown. A webhook needs one.",
        examples=["secret"],
    )
    delivery_receivers: ListOf[str] = Field(
        default=(),
        description="Receivers of a laboratory's own: names of entry points in the group "
        "seqauto_pipeline.receivers of installed packages.",
        examples=[["our_lims"]],
    )
    delivery_kits: Mapping[str, DeliveredKit] = Field(
        default_factory=dict,
        description="What VariantGrid calls an enrichment kit, by our name of it. A kit that is "
        "not named keeps its name, with version 1.",
        examples=[{"idt_exome": {"name": "idt_exome", "version": 2}}],
    )
    delivery_create_kits: bool = Field(
        default=True,
        description="Whether kits are created over there. When false, runs and samples of a kit "
        "that delivery_kits does not name are not sent.",
    )
    delivery_aligners: ListOf[DeliveredTool] = Field(
        default=(),
        description="Which aligner made which BAMs: name and version, where given for files of a "
        "pattern and an enrichment kit alone. The first line that fits counts. VariantGrid takes "
        "no BAM without one.",
        examples=[[{"name": "BWA-MEM", "version": "0.7.17"}]],
    )
    delivery_variant_callers: ListOf[DeliveredTool] = Field(
        default=(),
        description="The same for variant callers and VCFs, joint VCFs included.",
        examples=[[{"name": "GATK", "version": "4.2", "files": "*.gatk.*"}]],
    )
    delivery_uploads: ListOf[Literal["vcf", "joint_vcf", "gene_coverage"]] = Field(
        default=(),
        description="The types of files that are uploaded to VariantGrid once they are announced.",
        examples=[["joint_vcf", "gene_coverage"]],
    )
    delivery_patch_flags: bool = Field(
        default=False,
        description="Whether the flags bad, hidden and gold_standard of a run that is delivered "
        "are changed over there when they change here.",
    )
    delivery_retry_minutes: int = Field(
        default=15,
        ge=1,
        le=1440,
        description="Minutes after which the schedule looks again for what waits to be delivered.",
    )
    delivery_pause_seconds: float = Field(
        default=0.1,
        ge=0,
        le=60,
        description="Seconds between two requests to a server.",
    )
    delivery_connect_timeout_seconds: float = Field(
        default=10.0,
        gt=0,
        description="Seconds after which a server that takes no connection is given up for now.",
    )
    delivery_read_timeout_seconds: float = Field(
        default=120.0,
        gt=0,
        description="Seconds after which a server that does not answer is given up for now.",
    )
    delivery_settle_seconds: float = Field(
        default=150.0,
        ge=0,
        description="Seconds for which a server may still be at work on a request that got no "
        "answer: nothing is sent to it before.",
    )
    delivery_batch_records: int = Field(
        default=50,
        ge=1,
        le=500,
        description="The most records in one request.",
    )
    delivery_attempts: int = Field(
        default=5,
        ge=1,
        description="How often what a server fails at is tried before it waits for a person.",
    )
    delivery_waiting_hours: int = Field(
        default=24,
        ge=1,
        description="Hours for which something may be due before `seqauto status` calls it late.",
    )

    @field_validator(
        "variantgrid_token_file", "delivery_ca_file", "delivery_directory", mode="before"
    )
    @classmethod
    def _name_a_place(cls, value: object) -> object:
        return absolute_path(value)

    @field_validator("variantgrid_url")
    @classmethod
    def _name_a_server(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if not is_web_url(url) or "@" in url or "?" in url or "#" in url:
            raise ValueError(f"found {found(url)}, expected https://HOST or https://HOST/PATH")
        return url.rstrip("/")

    @field_validator("delivery_webhook")
    @classmethod
    def _name_a_webhook(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not is_web_url(url.get_secret_value()):
            raise ValueError("found text that is no web address, expected https://HOST/PATH")
        return url

    @field_validator("delivery_receivers")
    @classmethod
    def _name_each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return distinct(names)
