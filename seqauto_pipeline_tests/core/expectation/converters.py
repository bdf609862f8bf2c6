"""What the converters write, said a second time: a sheet, RunInfo and flags in, paths out.

Written from the converters' own documentation, and from nothing in the package, so that what is
expected can be held against it:

- bcl2fastq: Illumina, "bcl2fastq2 Conversion Software v2.20 Guide", "FASTQ files" and "Output
  folder"; where the guide is silent, what its published C++ does (Layout.cpp getSampleNumbers,
  getSampleName and addBarcodes; FastqWriter.cpp for directories).
- BCL Convert: Illumina, "BCL Convert v4.2 Software Guide", "Output Files" and "Sample Sheets";
  "DRAGEN Bio-IT Platform v4.2", "Output Files" (sample-name-column-enabled,
  bcl-sampleproject-subdirectories).
- cellranger mkfastq: 10x Genomics, "Generating FASTQs with cellranger mkfastq".
- CASAVA: Illumina, "CASAVA v1.8.2 User Guide", "Bcl Conversion Output Folder".
- Local Run Manager and the MiSeq's own software: folders that public tools read
  (GenomiqueENS/aozan issue 25, phac-nml/irida-uploader documentation).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sample sheet."""

    sample_id: str
    sample_name: str = ""
    project: str = ""
    lane: int | None = None
    index: str = "ACGTACGT"
    index2: str = "TTGGCCAA"
    override_cycles: str = ""  # BCL Convert's column; "": the sheet's


@dataclass(frozen=True, slots=True)
class Read:
    cycles: int
    is_index: bool


@dataclass(frozen=True, slots=True)
class Run:
    """What RunInfo.xml says."""

    lanes: int
    reads: tuple[Read, ...]


class Use(StrEnum):
    """What a converter makes of one read of RunInfo."""

    SEQUENCE = "Y"
    INDEX = "I"
    UMI = "U"
    NOTHING = "N"


def default_uses(run: Run) -> tuple[Use, ...]:
    return tuple(Use.INDEX if read.is_index else Use.SEQUENCE for read in run.reads)


def uses_of(mask: str, run: Run) -> tuple[Use, ...]:
    """Read OverrideCycles, by position (``Y151;I8``) or by name (``R1:Y151;I1:I8``)."""
    if not mask:
        return default_uses(run)
    parts = re.split("[;,]", mask)
    if ":" in mask:
        by_name = dict(part.split(":") for part in parts)
        parts = [by_name[name] for name in read_names(run)]
    return tuple(_use(part) for part in parts)


def read_names(run: Run) -> list[str]:
    """Give R1, I1, I2, R2, in the order of the run's reads."""
    counts = {"R": 0, "I": 0}
    names = []
    for read in run.reads:
        letter = "I" if read.is_index else "R"
        counts[letter] += 1
        names.append(f"{letter}{counts[letter]}")
    return names


def _use(part: str) -> Use:
    letters = set(re.findall("[YIUN]", part))
    return next(use for use in (Use.SEQUENCE, Use.INDEX, Use.UMI, Use.NOTHING) if use in letters)


def read_codes(run: Run, uses: Sequence[Use], *, index_files: bool, umi_files: bool) -> list[str]:
    """Name the files of one sample and lane: R1, R2 for sequence, I1, I2 for index reads.

    A read without cycles makes no file. A UMI read makes one, as an index read, where index files
    are asked for and UMIs are not trimmed.
    """
    codes, sequences, indexes = [], 0, 0
    for read, use in zip(run.reads, uses, strict=True):
        if use is Use.SEQUENCE and read.cycles:
            sequences += 1
            codes.append(f"R{sequences}")
        if read.is_index:
            indexes += 1
            is_asked = use is Use.INDEX or (use is Use.UMI and umi_files)
            if index_files and is_asked:
                codes.append(f"I{indexes}")
    return codes


def sample_numbers(rows: Iterable[Row], *, lanes_first: bool = False) -> dict[str, int]:
    """Number the sample ids as they first appear; bcl2fastq 2.17 and 2.18 sorted by lane first."""
    ordered = sorted(rows, key=lambda row: row.lane or 0) if lanes_first else rows
    numbers: dict[str, int] = {}
    for row in ordered:
        numbers.setdefault(row.sample_id, len(numbers) + 1)
    return numbers


def lanes_of(row: Row, rows: Sequence[Row], run: Run) -> Sequence[int]:
    if row.lane is not None:
        return (row.lane,)
    has_lanes = any(each.lane is not None for each in rows)
    return () if has_lanes else range(1, run.lanes + 1)


@dataclass(frozen=True, slots=True)
class Bcl2fastq:
    """The command line of bcl2fastq 2."""

    no_lane_splitting: bool = False
    index_files: bool = False
    mask: tuple[Use, ...] = ()  # of each read; empty: as RunInfo has them
    lanes_first: bool = False  # 2.17 and 2.18

    def paths(self, rows: Sequence[Row], run: Run) -> set[str]:
        uses = self.mask or default_uses(run)
        index_uses = [
            use if read.is_index else Use.NOTHING for read, use in zip(run.reads, uses, strict=True)
        ]
        reads = read_codes(run, uses, index_files=False, umi_files=False)
        if self.index_files:
            kept = [use for use in index_uses if use is Use.INDEX]
            reads += [f"I{number}" for number, _ in enumerate(kept, 1)]
        return _named(
            rows,
            run,
            sample_numbers(rows, lanes_first=self.lanes_first),
            self._file,
            reads,
            split=not self.no_lane_splitting,
        )

    def _file(self, row: Row) -> tuple[str, str]:
        name = row.sample_name or row.sample_id
        if not row.project:
            return "", name
        below = f"{row.sample_id}/" if name != row.sample_id else ""
        return f"{row.project}/{below}", name


@dataclass(frozen=True, slots=True)
class Mkfastq:
    """Cellranger's wrapper around bcl2fastq: a directory for each sample, always."""

    def paths(self, rows: Sequence[Row], run: Run) -> set[str]:
        reads = read_codes(run, default_uses(run), index_files=False, umi_files=False)
        return _named(rows, run, sample_numbers(rows), self._file, reads, split=True)

    def _file(self, row: Row) -> tuple[str, str]:
        return f"{row.project}/{row.sample_id}/", row.sample_name or row.sample_id


@dataclass(frozen=True, slots=True)
class BclConvert:
    """Settings of a sheet, and the command line, of BCL Convert and DRAGEN."""

    no_lane_splitting: bool = False
    index_files: bool = False
    trim_umi: bool = True
    override_cycles: str = ""  # of the sheet
    compression: str = "gzip"
    project_directories: bool = False
    name_column: bool = False

    def paths(self, rows: Sequence[Row], run: Run) -> set[str]:
        made: set[str] = set()
        numbers = sample_numbers(rows)
        for row in rows:
            uses = uses_of(row.override_cycles or self.override_cycles, run)
            reads = read_codes(run, uses, index_files=self.index_files, umi_files=not self.trim_umi)
            for name in _named(
                [row], run, numbers, self._file, reads, split=not self.no_lane_splitting, among=rows
            ):
                made.add(name)
        if self.compression == "gzip":
            return made
        return {path.removesuffix(".gz") + ".ora" for path in made}

    def _file(self, row: Row) -> tuple[str, str]:
        directory = f"{row.project}/" if self.project_directories and row.project else ""
        if self.name_column and row.sample_name:
            below = f"{row.sample_id}/" if directory else ""
            return directory + below, row.sample_name
        return directory, row.sample_id


@dataclass(frozen=True, slots=True)
class OnBoardMiSeq:
    """The MiSeq's own software: flat, one lane, and ``-`` for what is no letter or digit."""

    def paths(self, rows: Sequence[Row], run: Run) -> set[str]:
        reads = read_codes(run, default_uses(run), index_files=False, umi_files=False)
        return _named(rows, run, sample_numbers(rows), self._file, reads, split=True)

    def _file(self, row: Row) -> tuple[str, str]:
        return "", re.sub(r"[^A-Za-z0-9]+", "-", row.sample_name or row.sample_id)


@dataclass(frozen=True, slots=True)
class Casava:
    """CASAVA 1.8: named by index, without a number."""

    def paths(self, rows: Sequence[Row], run: Run) -> set[str]:
        reads = read_codes(run, default_uses(run), index_files=False, umi_files=False)
        return {
            f"Project_{row.project}/Sample_{row.sample_id}/"
            f"{row.sample_id}_{row.index or 'NoIndex'}_L{row.lane or 1:03d}_{read}_001.fastq.gz"
            for row in rows
            for read in reads
        }


Converter = Bcl2fastq | BclConvert | Mkfastq | OnBoardMiSeq | Casava


def _named(
    rows: Sequence[Row],
    run: Run,
    numbers: dict[str, int],
    file_of: Callable[[Row], tuple[str, str]],
    reads: Sequence[str],
    *,
    split: bool,
    among: Sequence[Row] = (),
) -> set[str]:
    """Name ``<directory><name>_S<number>[_L<lane>]_<read>_001.fastq.gz`` for each row."""

    def each() -> Iterator[str]:
        for row in rows:
            directory, name = file_of(row)
            start = f"{directory}{name}_S{numbers[row.sample_id]}"
            for lane in lanes_of(row, among or rows, run):
                lane_part = f"_L{lane:03d}" if split else ""
                for read in reads:
                    yield f"{start}{lane_part}_{read}_001.fastq.gz"

    return set(each())


def undetermined(run: Run, paths: Iterable[str], *, split: bool) -> set[str]:
    """Name the files of reads that matched no sample, which stand beside those of the samples."""
    reads = {match[1] for path in paths if (match := re.search(r"_([RI]\d)_001\.", path))}
    lanes = [f"_L{lane:03d}" for lane in range(1, run.lanes + 1)] if split else [""]
    return {f"Undetermined_S0{lane}_{read}_001.fastq.gz" for lane in lanes for read in reads}
