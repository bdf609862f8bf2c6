"""What a sheet tells the converter about the files that it writes."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from seqauto_pipeline.core.sheet.override_cycles import (
    OverrideCycles,
    Unreadable,
    parse_override_cycles,
)
from seqauto_pipeline.core.sheet.words import word

_TRUE = frozenset({"1", "true"})
_FALSE = frozenset({"0", "false"})


class FastqCompression(StrEnum):
    """The values of FastqCompressionFormat."""

    GZIP = "gzip"
    DRAGEN = "dragen"  # .fastq.ora
    DRAGEN_INTERLEAVED = "dragen-interleaved"  # .fastq.ora, both reads in one file


@dataclass(frozen=True, slots=True)
class ConversionSettings:
    """The settings that decide which files are made. None: the sheet does not say, or badly."""

    override_cycles: OverrideCycles | None  # of all samples; a row may have its own
    create_fastq_for_index_reads: bool | None
    no_lane_splitting: bool | None
    trim_umi: bool | None
    compression: FastqCompression | None


@dataclass(frozen=True, slots=True)
class Workflow:
    """One DRAGEN workflow that goes on from the FASTQs of the conversion."""

    name: str  # as written: DragenGermline
    deletes_fastqs: bool  # at its end; False, too, where the sheet does not say
    sample_ids: frozenset[str] = frozenset()  # empty: all samples of the sheet

    def has(self, sample_id: str) -> bool:
        return not self.sample_ids or sample_id in self.sample_ids


def conversion_settings(setting: Callable[[str], str | None]) -> ConversionSettings:
    """Read them; ``setting`` gives the value of a name, None where the sheet has none."""
    return ConversionSettings(
        override_cycles=readable_cycles(setting("OverrideCycles")),
        create_fastq_for_index_reads=flag(setting("CreateFastqForIndexReads")),
        no_lane_splitting=flag(setting("NoLaneSplitting")),
        trim_umi=flag(setting("TrimUMI")),
        compression=compression(setting("FastqCompressionFormat")),
    )


def readable_cycles(text: str | None) -> OverrideCycles | None:
    """Read OverrideCycles; None where there is none, it does not apply, or it cannot be read."""
    if not text or word(text) == "na":
        return None
    cycles = parse_override_cycles(text)
    return None if isinstance(cycles, Unreadable) else cycles


def flag(text: str | None) -> bool | None:
    """Read 1, 0, true or false in any case; None for anything else."""
    value = (text or "").casefold()
    if value in _TRUE:
        return True
    return False if value in _FALSE else None


def compression(text: str | None) -> FastqCompression | None:
    """Read the name of a compression in any case; None for anything else."""
    value = (text or "").casefold()
    return FastqCompression(value) if value in list(FastqCompression) else None
