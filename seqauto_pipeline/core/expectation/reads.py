"""Which reads of a run give files: the one place where this is decided."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.core.sheet.conversion import (
    ConversionSettings,
    FastqCompression,
    readable_cycles,
)
from seqauto_pipeline.core.sheet.override_cycles import (
    INDEX,
    SEQUENCE,
    UMI,
    OverrideCycles,
    ReadCycles,
)

_NOT_KNOWN = ("R1", "R2")  # where neither RunInfo nor a sheet lists any read
# Reads that a mask outside the sheet may make: bcl2fastq --use-bases-mask, and
# --create-fastq-for-index-reads (bcl2fastq2 v2.20 Guide).
MADE_BY_MASKS = ("R1", "R2", "R3", "R4", "I1", "I2")


@lru_cache(maxsize=1024)  # asked for each row of a sheet, and nearly always the same
def reads_of(
    reads: tuple[ReadInfo, ...], settings: ConversionSettings | None, override: str | None
) -> tuple[str, ...]:
    """Name the reads of which a sample has files, R before I.

    ``reads`` are RunInfo's, those with cycles; ``override`` is OverrideCycles of the sample's row.
    A read with a Y, or where nothing overrides any that is no index read, is R1, R2, ... in the
    order of sequencing. Index reads are I1, I2, ... where CreateFastqForIndexReads asks for them;
    one that is a UMI throughout only with TrimUMI,0.

    Source: Illumina, BCL Convert documentation, "Sample Sheet" and "Output Files".
    """
    cycles = readable_cycles(override) or (settings.override_cycles if settings else None)
    used = _used(reads, cycles)
    count = sum(1 for is_index, part in used if _gives_read(part, is_index=is_index))
    if not used:
        count = len(_NOT_KNOWN)
    if settings and settings.compression is FastqCompression.DRAGEN_INTERLEAVED:
        count = min(count, 1)  # one file with both reads
    return (*_numbered("R", count), *_numbered("I", _index_files(used, settings)))


def with_made_by_masks(reads: Sequence[str], made: Sequence[str]) -> tuple[str, ...]:
    """Add reads that a mask outside the sheet made: a further R was an index read, and no I then.

    Source: what 10x ATAC gives with bcl2fastq: R1, R2 for the second index, R3, and I1 alone
    (auto_process_ngs, issue 313).
    """
    further = [read for read in made if read.startswith("R") and read not in reads]
    sequences = [read for read in reads if read.startswith("R")]
    indexes = [read for read in reads if read.startswith("I")]
    left = indexes[: max(len(indexes) - len(further), 0)]
    others = [read for read in made if not read.startswith("R")]
    return tuple(dict.fromkeys((*sequences, *further, *left, *others)))


def masks_are_in_sheet(settings: ConversionSettings | None, override: str | None) -> bool:
    """Tell whether the sheet itself says which reads are made, so that no mask outside it did."""
    return bool(readable_cycles(override) or (settings and settings.override_cycles))


def _numbered(letter: str, count: int) -> Iterator[str]:
    return (f"{letter}{number}" for number in range(1, count + 1))


def _used(
    reads: Sequence[ReadInfo], cycles: OverrideCycles | None
) -> tuple[tuple[bool, ReadCycles | None], ...]:
    """Give each read, index read or not, with what overrides its cycles."""
    is_index = tuple(read.is_index for read in reads)
    if cycles is None:
        return tuple((each, None) for each in is_index)
    parts = _with_cycles(cycles, len(is_index))
    if not is_index:
        return tuple((_is_index(part), part) for part in parts.reads)
    return tuple(zip(is_index, parts.by_read(is_index), strict=True))


def _with_cycles(cycles: OverrideCycles, reads: int) -> OverrideCycles:
    """Leave out parts of no cycles, where they stand for reads that were not sequenced."""
    parts = tuple(part for part in cycles.reads if part.cycles != 0)
    is_longer = not cycles.by_name and reads and len(cycles.reads) > reads
    return OverrideCycles(parts, cycles.delimiter) if is_longer and parts else cycles


def _is_index(part: ReadCycles) -> bool:
    return part.name.startswith("I") if part.name else part.has(INDEX)


def _gives_read(part: ReadCycles | None, *, is_index: bool) -> bool:
    return not is_index if part is None else part.has(SEQUENCE)


def _index_files(
    used: Sequence[tuple[bool, ReadCycles | None]], settings: ConversionSettings | None
) -> int:
    if settings is None or not settings.create_fastq_for_index_reads:
        return 0
    keeps_umi = settings.trim_umi is False
    return sum(
        is_index and (part is None or part.has(INDEX) or (keeps_umi and part.has(UMI)))
        for is_index, part in used
    )
