"""The outputs of conversions in one run folder: where each is, its sheet, whether it has ended."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from seqauto_pipeline.core.expectation.open_directories import (
    Opened,
    children_of,
    filled,
    opened,
    unopened,
)
from seqauto_pipeline.core.expectation.samples import SheetFacts, UsedSheet
from seqauto_pipeline.core.file_list import EntryKind, RunListing
from seqauto_pipeline.core.layout import Conversion, FileType
from seqauto_pipeline.core.sheet.conversion import FastqCompression
from seqauto_pipeline.core.sheet.sample_sheet import SheetFormat

BCL_CONVERT, BCL2FASTQ, CASAVA, ON_BOARD = "bcl_convert", "bcl2fastq", "casava", "on_board"
# The converters that read a sheet of each family, the likeliest first. Illumina, BCL Convert
# documentation: v2 is read by BCL Convert alone; CASAVA 1.8 User Guide for the oldest family; the
# MiSeq's own software converts by itself: MiSeq Sample Sheet Quick Reference Guide.
_READERS: Mapping[SheetFormat | None, tuple[str, ...]] = {
    SheetFormat.BCLCONVERT_V2: (BCL_CONVERT,),
    SheetFormat.IEM_V1: (ON_BOARD, BCL2FASTQ, BCL_CONVERT),
    SheetFormat.LEGACY_FCID: (CASAVA, BCL2FASTQ),
    None: (BCL2FASTQ, BCL_CONVERT),
}
_KNOWN = frozenset(converter for each in _READERS.values() for converter in each)
_EVERY_OTHER = "*"
_DEFAULT = FastqCompression.GZIP


@dataclass(frozen=True, slots=True)
class Output:
    """One directory of FASTQs that a conversion made, or will make."""

    directory: str
    conversion: Conversion
    order: tuple[int, ...] = ()  # the greater, the newer
    analysis: str | None = None  # such as Analysis/2, which a new attempt makes anew
    is_listed: bool = False
    endings: frozenset[str] = frozenset()  # of the FASTQs in it; none: it holds none
    has_ended: bool = True
    sheet: UsedSheet | None = None  # that it used, where it left a copy

    @property
    def has_reads(self) -> bool:
        return bool(self.endings)


def outputs_of(
    file_type: FileType,
    listing: RunListing,
    seen: Collection[str] = (),
    sheets: Mapping[str, UsedSheet] = MappingProxyType({}),
) -> tuple[Output, ...]:
    """Find the outputs that are there, begun, or were there at an earlier scan.

    They come in the layout's order. An analysis has begun when its directory is there, whatever
    is in it.
    """
    endings = _endings_by_folder(file_type, (*_listed_files(listing), *seen))
    children = children_of(listing, seen)
    found: dict[tuple[str, tuple[str, ...]], Output] = {}
    for conversion in file_type.conversions:
        for pattern in conversion.directories:
            for path, at in _places(pattern, children):
                output = _output(conversion, path, at, listing, endings, sheets)
                if output is not None:
                    found.setdefault((path, conversion.converters), output)
    return tuple(found.values())


def _places(pattern: str, children: Mapping[str, set[str]]) -> Iterator[tuple[str, Opened]]:
    for at in opened(pattern, children):
        yield at.path, at
    for at in opened(_of_analysis(pattern), children) if "{" in pattern else ():
        path = filled(pattern, at)
        if path is not None:
            yield path, at


def _of_analysis(pattern: str) -> str:
    """Cut a pattern behind the last directory that a new attempt makes anew."""
    end = pattern.rindex("}") + 1
    rest = pattern[end:].partition("/")[0]
    return pattern[:end] + rest


def _output(
    conversion: Conversion,
    path: str,
    at: Opened,
    listing: RunListing,
    endings: Mapping[str, set[str]],
    sheets: Mapping[str, UsedSheet],
) -> Output | None:
    directory = listing.directories.get(path)
    if conversion.holds and not (directory and conversion.is_output(directory.entries)):
        return None
    markers = (filled(each, at) for each in conversion.ended_by)
    used = (sheets.get(filled(each, at) or "") for each in conversion.sheets)
    below = (each for folder, each in endings.items() if _is_below(folder, path))
    return Output(
        directory=path,
        conversion=conversion,
        order=at.order,
        analysis=at.analysis,
        is_listed=directory is not None,
        endings=frozenset(ending for each in below for ending in each),
        has_ended=not conversion.ended_by or any(_is_there(listing, each) for each in markers),
        sheet=next((each for each in used if each is not None), None),
    )


def _is_below(folder: str, directory: str) -> bool:
    return folder == directory or folder.startswith(f"{directory}/")


def _is_there(listing: RunListing, path: str | None) -> bool:
    entry = listing.find(path) if path else None
    return entry is not None and entry.is_there


def _listed_files(listing: RunListing) -> Iterator[str]:
    for path, directory in listing.directories.items():
        for name, entry in directory.entries.items():
            if entry.kind is not EntryKind.DIRECTORY:
                yield f"{path}/{name}" if path else name


def _endings_by_folder(file_type: FileType, files: Iterable[str]) -> dict[str, set[str]]:
    """Say which of the namings' endings the files of each directory have, if any."""
    endings = {ending_of(each.pattern) for each in file_type.namings}
    found: dict[str, set[str]] = {}
    for path in files:
        for ending in endings:
            if path.endswith(ending):
                found.setdefault(path.rpartition("/")[0], set()).add(ending)
    return found


def ending_of(pattern: str) -> str:
    """Give the fixed text at a pattern's end, from its first dot on: ``.fastq.gz``."""
    tail = pattern.rpartition("}")[2].rpartition("]")[2]
    return tail[tail.find(".") :] if "." in tail else tail


def output_to_come(file_type: FileType, model: str | None, sheet: SheetFacts) -> Output | None:
    """Give the output that is expected where there is none: by instrument and by sheet.

    That of the first converter that reads the sheet, where the instrument or a person runs it.
    A converter of which nothing is known here reads every sheet.
    """
    others = (each.converter for each in file_type.namings if each.converter not in _KNOWN)
    for converter in dict.fromkeys((*_READERS[sheet.format], *others)):
        for conversion in file_type.conversions:
            directory = unopened(conversion.directories[0])
            is_made_here = is_of(conversion, model) or _EVERY_OTHER in conversion.instruments
            does_so = is_made_here and converter in conversion.converters
            if does_so and directory is not None and compresses_so(conversion, sheet):
                return Output(directory, conversion)
    return None


def is_of(conversion: Conversion, model: str | None) -> bool:
    """Tell whether the instrument makes this conversion by itself."""
    return model is not None and model in conversion.instruments


def compresses_so(conversion: Conversion, sheet: SheetFacts) -> bool:
    """Tell whether files of the sheet's FastqCompressionFormat are written there."""
    asked = sheet.settings.compression if sheet.settings else None
    return not conversion.compressions or (asked or _DEFAULT) in conversion.compressions


def converters_of(output: Output, sheet_format: SheetFormat | None) -> tuple[str, ...]:
    """Order the converters of an output: those that read the sheet first."""
    readers = _READERS[sheet_format]
    others = (each for each in output.conversion.converters if each not in readers)
    return (*(each for each in readers if each in output.conversion.converters), *others)
