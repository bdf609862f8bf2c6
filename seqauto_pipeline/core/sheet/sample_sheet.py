"""The values that reading a sample sheet gives: the sheet, its samples, what was wrong."""

from dataclasses import dataclass
from enum import StrEnum

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.cells import whole_number
from seqauto_pipeline.core.sheet.conversion import (
    ConversionSettings,
    Workflow,
    conversion_settings,
    readable_cycles,
)
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.override_cycles import OverrideCycles
from seqauto_pipeline.core.sheet.words import word

_ADAPTER_SETTINGS = frozenset({"adapter", "adapterread1", "adapterread2", "trimadapter"})


class SheetFormat(StrEnum):
    """The families of sample sheets."""

    LEGACY_FCID = "legacy_fcid"
    IEM_V1 = "iem_v1"
    BCLCONVERT_V2 = "bclconvert_v2"


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """The columns that a laboratory adds, by name; case, blanks and underscores do not count."""

    panel: str = "Panel"
    panel_version: str = "PanelVersion"
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetSample:
    """A sample in one lane: one row, or one lane of a row that names several."""

    line: int  # physical line of its row, from 1
    lane: int | None
    sample_id: str  # as written, leading zeros kept
    sample_name: str  # the sheet's Sample_Name, else the id
    sample_project: str | None
    sample_number: int  # Illumina's S number: order of first appearance of the id, from 1
    index: str | None  # i7; bases in upper case, anything else as written
    index2: str | None  # i5, likewise
    failed: bool
    enrichment_kit: str | None  # of the kit columns: "exome", or "exome_v2" with a version
    extra: tuple[tuple[str, str], ...] = ()  # the extra columns kept, in sheet order
    override_cycles: str | None = None  # of the row; the sheet's own stands in its settings
    barcode_mismatches: tuple[int | None, int | None] = (None, None)  # of the row, likewise


@dataclass(frozen=True, slots=True)
class SheetSetting:
    """A line of [BCLConvert_Settings] or [Settings]."""

    name: str  # as written
    value: str
    line: int  # physical, from 1
    section: str  # the word of its section: bclconvertsettings or settings


@dataclass(frozen=True, slots=True)
class SampleSheet:
    """A sheet that lists at least one sample."""

    format: SheetFormat
    encoding: str
    delimiter: str
    sections: tuple[str, ...]  # as written, in order
    header: tuple[tuple[str, str], ...]
    reads: tuple[int, ...]  # cycles of the reads that are not index reads
    setting_rows: tuple[SheetSetting, ...]  # of [BCLConvert_Settings], then of [Settings]
    columns: tuple[str, ...]
    samples: tuple[SheetSample, ...]
    index_cycles: tuple[int, ...] = ()  # v2 only
    workflows: tuple[Workflow, ...] = ()  # of DRAGEN; v2 only

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """The settings by name, in the order of their rows."""
        return tuple((row.name, row.value) for row in self.setting_rows)

    def setting(self, name: str) -> str | None:
        """Look a setting up; case, blanks and underscores do not count. None: not stated."""
        wanted = word(name)
        return next(
            (row.value for row in self.setting_rows if word(row.name) == wanted and row.value), None
        )

    @property
    def converter(self) -> Converter | None:
        """The only program that reads a sheet of this family; None: several do."""
        is_v2 = self.format is SheetFormat.BCLCONVERT_V2
        return Converter.BCL_CONVERT if is_v2 else None

    @property
    def conversion(self) -> ConversionSettings:
        """What the settings say of the FASTQ files to write."""
        return conversion_settings(self.setting)

    def cycles_of(self, sample: SheetSample) -> OverrideCycles | None:
        """How the cycles are used for a sample: as its row says, else as the sheet does."""
        return readable_cycles(sample.override_cycles) or readable_cycles(self.override_cycles)

    @property
    def adapters(self) -> tuple[str, ...]:
        """The adapter sequences to trim, in sheet order."""
        return tuple(
            value for key, value in self.settings if word(key) in _ADAPTER_SETTINGS and value
        )

    @property
    def override_cycles(self) -> str | None:
        """How BCL Convert is to use the cycles, for all samples without a value of their own."""
        return self.setting("OverrideCycles")

    @property
    def barcode_mismatches(self) -> tuple[int | None, int | None]:
        """The mismatches allowed in index and index2; None where the sheet does not say."""
        return (
            whole_number(self.setting("BarcodeMismatchesIndex1") or ""),
            whole_number(self.setting("BarcodeMismatchesIndex2") or ""),
        )


@dataclass(frozen=True, slots=True)
class ParsedSheet:
    """What reading a file gave. The facts of the text stand here even when no sheet was found."""

    sheet: SampleSheet | None
    problems: tuple[Problem, ...]
    format: SheetFormat | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    sections: tuple[str, ...] = ()
