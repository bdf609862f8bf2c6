"""What a laboratory makes of its sample sheets."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator

from seqauto_pipeline.settings.checks import RuleLevelName, compiled, distinct, known_codes
from seqauto_pipeline.settings.groups.base import ListOf, SettingsGroup


class SheetSettings(SettingsGroup):
    """What a laboratory makes of its sample sheets, and which gene coverage is stored."""

    control_sample_regex: str | None = Field(
        default=None,
        description="Regular expression that marks control samples by their name. "
        "Without one no sample is a control.",
        examples=["^(NTC|PhiX)"],
    )
    extra_columns: ListOf[str] = Field(
        default=(),
        description="Further columns of the sample sheet to keep for each sample.",
        examples=[["Operator", "Referral"]],
    )
    panel_column: str = Field(
        default="Panel",
        min_length=1,
        description="Column of the sample sheet that names a sample's enrichment kit; it overrides "
        "the directory's.",
    )
    panel_version_column: str = Field(
        default="PanelVersion",
        min_length=1,
        description="Column of the sample sheet that gives the version of that kit.",
    )
    converter: Literal["bcl2fastq", "bcl_convert"] | None = Field(
        default=None,
        description="The program that makes the FASTQ files of sheets which do not tell: those of "
        "v1. A v2 sheet is BCL Convert's. Without it, what either program refuses is told.",
        examples=["bcl_convert"],
    )
    sheet_rules: Mapping[str, RuleLevelName] = Field(
        default_factory=dict,
        description="Severity of sample sheet rules by their code: off, warning or error. "
        "A rule that is not named keeps its own.",
        examples=[{"INDEX_LENGTHS_DIFFER": "warning"}],
    )
    sheet_rules_for_kit: Mapping[str, Mapping[str, RuleLevelName]] = Field(
        default_factory=dict,
        description="The same for the sheets of one enrichment kit; it goes before sheet_rules.",
        examples=[{"idt_haem": {"INDEX_LENGTHS_DIFFER": "off"}}],
    )
    gene_coverage_rows: Literal["gene_list", "all", "none"] = Field(
        default="gene_list",
        description="Which rows of a gene coverage file are stored beside its summary: those of "
        "the genes in the sample's gene list (gene_list), all, or none.",
    )

    @field_validator("control_sample_regex")
    @classmethod
    def _compile(cls, pattern: str | None) -> str | None:
        return None if pattern is None else compiled(pattern)

    @field_validator("sheet_rules")
    @classmethod
    def _know_the_codes(cls, levels: Mapping[str, RuleLevelName]) -> Mapping[str, RuleLevelName]:
        return known_codes(levels)

    @field_validator("sheet_rules_for_kit")
    @classmethod
    def _know_the_codes_of_kits(
        cls, kits: Mapping[str, Mapping[str, RuleLevelName]]
    ) -> Mapping[str, Mapping[str, RuleLevelName]]:
        return {kit: known_codes(levels) for kit, levels in kits.items()}

    @field_validator("extra_columns")
    @classmethod
    def _name_columns(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        if any(not column.strip() for column in columns):
            raise ValueError("found an empty name, expected the names of columns")
        return distinct(columns)
