"""What a laboratory archives: files that may be gone."""

from pydantic import BaseModel, ConfigDict, Field

from seqauto_pipeline.settings.groups.base import ListOf, SettingsGroup


class ArchivedFiles(BaseModel):
    """Files of one type that are archived once their run is old enough."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    file_type: str = Field(min_length=1)
    older_than_days: int = Field(ge=0)
    kit: str | None = Field(default=None, min_length=1)  # None: every kit


class ArchiveSettings(SettingsGroup):
    """What a laboratory archives: files that may be gone."""

    archived: ListOf[ArchivedFiles] = Field(
        default=(),
        description="Files that are archived on purpose: of a type, of runs older than so many "
        "days, where kit is given of that enrichment kit alone. Those that are deleted are counted "
        "as archived, and no message tells of them.",
        examples=[[{"kit": "idt_exome", "file_type": "fastq", "older_than_days": 180}]],
    )
