"""A layout: where the parts of a run folder are.

The fields, their meaning and their defaults are in ``docs/layouts.md``; ``layouts`` reads them.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase, translate
from functools import cached_property, lru_cache
from posixpath import dirname

from seqauto_pipeline.core.beside import is_beside, is_for_outputs, own_directory
from seqauto_pipeline.core.file_list import glob_regex
from seqauto_pipeline.core.pattern import PATTERN_FIELD, folder_globs

# What a pattern may hold, and what each stands for.
PATTERN_FIELDS: Mapping[str, str] = {
    "sample_id": "the sheet's Sample_ID",
    "sample_name": "the sheet's Sample_Name; where that is empty, its Sample_ID",
    "sample_number": "Illumina's S number: order of first appearance of the sample id, from 1",
    "sample_project": "the Sample_Project of the sheet's row",
    "differing_id": "the sheet's Sample_ID where it differs from the name, else nothing",
    "dashed_id": "the Sample_ID with - for everything that is no letter or digit",
    "dashed_name": "the Sample_Name, likewise",
    "lane": "lane number",
    "lane_code": "lane as file names have it: L001",
    "index": "index (i7) of the sheet",
    "index2": "index2 (i5) of the sheet",
    "barcode": "index, or both indexes with - between; NoIndex where the row has none",
    "read": "1, 2, 3, ...; of an index read I1, I2, ..., an R before the field left out",
    "flowcell_id": "last part of the run's name as written, side letter included",
    "flowcell": "RunInfo's flowcell, without the side",
    "sequencing_run": "name of the run folder",
    "enrichment_kit": "enrichment kit of the sample; for a file of the run, of the run",
    "newest": "the highest number among the directories that stand here; 1 where none does",
    "timestamp": "the latest among the directories named like 20260120_120702 that stand here",
    "stem": "for a file made from another: that file's name up to its first known ending",
}
# What a layout may write as a file type's `content`; `disk/contents/reading.py` has the readers.
CONTENT_KINDS = frozenset(
    {"exec_summary", "gene_list", "gene_coverage", "fastqc", "flagstat", "illumina_qc"}
)


class Per(StrEnum):
    """How many files of a type are expected."""

    RUN = "run"  # one for each pattern
    SAMPLE = "sample"
    READ = "read"  # one for each read of a sample; for each lane, too, where the pattern names it
    FILE = "file"  # one for each expected file of another type


class Expect(StrEnum):
    ALWAYS = "always"
    IF_PRESENT = "if_present"  # recorded when found, deleted when gone, never missing


class Lanes(StrEnum):
    SHEET = "sheet"  # a sample without a lane has no lane code
    SHEET_OR_RUN_INFO = "sheet_or_run_info"  # without a lane, it may have a file in every lane


@dataclass(frozen=True, slots=True)
class Naming:
    """How a converter names its files, directories of projects and samples included."""

    converter: str  # a word of the layout's own; conversions name it
    pattern: str  # below the directory of the conversion


@dataclass(frozen=True, slots=True)
class Conversion:
    """Where one kind of conversion leaves its FASTQs, and what it leaves beside them.

    All are paths relative to the run folder, with ``{newest}``, ``{timestamp}`` and ``*`` where the
    disk tells the name of a directory; beside the run folder with the run's name in them.
    """

    directories: tuple[str, ...]  # of FASTQs, in order of preference
    converters: tuple[str, ...]  # whose namings may be found there, in order of preference
    instruments: tuple[str, ...] = ()  # models of which files are expected there; "*": all others
    compressions: tuple[str, ...] = ()  # values of FastqCompressionFormat; empty: any
    sheets: tuple[str, ...] = ()  # the sheet that it used, in order of preference
    ended_by: tuple[str, ...] = ()  # any one of them says that it has ended
    holds: tuple[tuple[str, ...], ...] = ()  # a directory of any name is one when it holds these

    @property
    def searched(self) -> tuple[str, ...]:
        """Globs of the directories of FASTQs; the namings' own are below them."""
        return tuple(PATTERN_FIELD.sub("*", each) for each in self.directories)

    @property
    def looked_into(self) -> tuple[str, ...]:
        """Globs of the directories in which a sheet or a marker may stand."""
        beside = (dirname(PATTERN_FIELD.sub("*", each)) for each in (*self.sheets, *self.ended_by))
        return tuple(dict.fromkeys(beside))

    def is_output(self, names: Collection[str]) -> bool:
        """Tell by the names in a directory whether a conversion made it."""
        return any(all(name in names for name in each) for each in self.holds)


@dataclass(frozen=True, slots=True)
class FileType:
    """One kind of file that a run folder should hold."""

    name: str
    per: Per
    patterns: tuple[str, ...]  # in order of preference; for ``per = run`` all of them are expected
    patterns_if_present: tuple[str, ...] = ()  # ``per = run`` only
    expect: Expect = Expect.ALWAYS
    directories: tuple[str, ...] = ()  # globs, searched besides those of the patterns
    of: str | None = None  # for ``per = file``
    content: str | None = None
    values: str | None = None  # pattern of the table beside an exec summary
    genes_from: str | None = None  # file type of the sample's gene list
    non_empty: bool = False  # 0 bytes is an error
    index_suffixes: tuple[str, ...] = ()  # an index beside it has one of them
    made_from: str | None = None  # file type; a file older than what it was made from is noted
    conversions: tuple[Conversion, ...] = ()  # in place of patterns, which are made of these
    namings: tuple[Naming, ...] = ()  # and of these

    @property
    def searched(self) -> tuple[str, ...]:
        """Globs of the directories in which every file should be explained."""
        of_conversions = (
            glob
            for each in self.conversions
            if not each.holds
            for directory in each.searched
            for glob in self._below(directory, each)
        )
        written = () if self.conversions else self.patterns
        patterns = (*written, *self.patterns_if_present, *filter(None, [self.values]))
        globs = (glob for pattern in patterns for glob in folder_globs(pattern))
        return tuple(dict.fromkeys((*self.directories, *of_conversions, *globs)))

    @property
    def looked_into(self) -> tuple[str, ...]:
        """Globs of directories that are listed and need not be explained."""
        guarded = (glob for each in self.conversions if each.holds for glob in each.searched)
        beside = (glob for each in self.conversions for glob in each.looked_into)
        return tuple(dict.fromkeys((*guarded, *beside)))

    def below_outputs(self, directories: Mapping[str, Collection[str]]) -> Iterator[str]:
        """Give globs of what to search in directories of any name that conversions made.

        ``directories`` are the listed ones, with the names in each.
        """
        for conversion in self.conversions:
            fits = [glob_regex(each) for each in conversion.searched if conversion.holds]
            for path, names in directories.items():
                if any(each.fullmatch(path) for each in fits) and conversion.is_output(names):
                    yield from self._below(path, conversion)

    def _below(self, directory: str, conversion: Conversion) -> Iterator[str]:
        for naming in self.namings:
            if naming.converter in conversion.converters:
                for folder in folder_globs(naming.pattern):
                    yield f"{directory}/{folder}" if folder else directory


def patterns_of(conversion: Conversion, namings: Collection[Naming]) -> Iterator[str]:
    """Give the patterns of all that a conversion may leave, in order of preference."""
    for directory in conversion.directories:
        for converter in conversion.converters:
            for naming in namings:
                if naming.converter == converter:
                    yield f"{directory}/{naming.pattern}"


RUN_COMPLETION = "RunCompletionStatus.xml"
ILLUMINA_QC = "illumina_qc"  # content, and the type that holds it where a layout has none
TILE_METRICS = "TileMetricsOut.bin"


@dataclass(frozen=True, slots=True)
class RunParts:
    """Where the parts of a run folder are that are not files of samples."""

    markers: tuple[str, ...] = ()  # any one of them completes the run
    markers_by_instrument: bool = False  # the instrument's own, at the top of the run folder
    sample_sheet: tuple[str, ...] = ()
    run_info: tuple[str, ...] = ()
    run_parameters: tuple[str, ...] = ()
    basecalls: tuple[str, ...] = ()
    interop: tuple[str, ...] = ()  # every one of them must be met

    @property
    def run_completion(self) -> tuple[str, ...]:
        """Where the instrument says how its run ended: beside RunInfo.xml, else at the top."""
        return _completions_beside(self.run_info)


@lru_cache(maxsize=64)  # asked for each run folder
def _completions_beside(run_info: tuple[str, ...]) -> tuple[str, ...]:
    folders = dict.fromkeys((*map(dirname, run_info), ""))
    return tuple(f"{folder}/{RUN_COMPLETION}".lstrip("/") for folder in folders)


@lru_cache(maxsize=64)  # a layout may be made anew for each run, and its patterns are the same
def _names_regex(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(translate, patterns)))


@dataclass(frozen=True)
class Layout:
    name: str
    run: RunParts
    file_types: tuple[FileType, ...]  # a type stands behind those it is made from
    run_depth: int = 2
    enrichment_kit_level: int = 1  # which level below the root names the kit; 0: none
    lanes: Lanes = Lanes.SHEET
    never_unexpected: tuple[str, ...] = ()
    never_searched: tuple[str, ...] = ()
    ignored_directories: tuple[str, ...] = (
        ".*",
        "lost+found",
        "@eaDir",  # Synology, as the next three
        "@tmp",
        "#recycle",
        "#snapshot",
        "@Recycle",  # QNAP
        "@Recently-Snapshot",
        "~snapshot",  # NetApp
        "$RECYCLE.BIN",  # Windows
        "System Volume Information",
    )
    kits: Mapping[str, tuple[FileType, ...]] = field(default_factory=dict)
    source_md5: str = ""  # of the file's text: a changed layout is a reason to judge every run anew

    def types_for(self, kit: str | None) -> tuple[FileType, ...]:
        """The file types for one enrichment kit; kits compare without regard to case."""
        return self.kits.get((kit or "").casefold(), self.file_types)

    def with_figures_from_interop(self) -> "Layout":
        """Expect figures computed from InterOp of each run that has it, as ``illumina_qc``.

        The record's file is that of the tiles' metrics, without which there are no figures.
        """
        folders = tuple(dict.fromkeys(map(dirname, self.run.interop)))
        if not folders:
            return self
        paths = tuple(f"{folder}/{TILE_METRICS}" for folder in folders)
        kits = {kit: _with_figures(types, paths) for kit, types in self.kits.items()}
        return replace(
            self,
            file_types=_with_figures(self.file_types, paths),
            kits=kits,
            never_unexpected=(*self.never_unexpected, *(f"{each}/*" for each in folders)),
            source_md5=f"{self.source_md5}+interop",
        )

    def with_files_made(self, made: Mapping[str, tuple[str, ...]]) -> "Layout":
        """Expect the files of types that jobs make; ``made``: the kits of each, none for all."""
        everywhere = {name for name, kits in made.items() if not kits}
        named = {kit.casefold() for kits in made.values() for kit in kits}
        kits = {
            kit: _with_expected(self.types_for(kit), everywhere | _made_for(kit, made))
            for kit in self.kits.keys() | named
        }
        return replace(
            self,
            file_types=_with_expected(self.file_types, everywhere),
            kits=kits,
            source_md5=f"{self.source_md5}+jobs{sorted(made.items())}",
        )

    @cached_property
    def directories(self) -> tuple[tuple[str, ...], ...]:
        """Globs of all directories a scan lists in a run folder, as path components, sorted."""
        parts = (*self.run.markers, *self.run.sample_sheet, *self.run.run_info)
        more = (*self.run.run_parameters, *self.run.basecalls, *self.run.interop)
        looked_into = (glob for each in self._all_types for glob in each.looked_into)
        found = {"", *(dirname(path) for path in (*parts, *more)), *self.searched, *looked_into}
        return tuple(sorted(tuple(path.split("/")) if path else () for path in found))

    @cached_property
    def searched(self) -> frozenset[str]:
        """Globs of the directories in which every file should be explained."""
        return frozenset(path for file_type in self._all_types for path in file_type.searched)

    @cached_property
    def _all_types(self) -> tuple[FileType, ...]:
        return (*self.file_types, *(each for types in self.kits.values() for each in types))

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """Directories that a run may have beside its folder, its name not yet put in."""
        paths = (
            path
            for file_type in self._all_types
            for each in file_type.conversions
            for path in (*each.directories, *each.sheets, *each.ended_by)
            if is_beside(path)
        )
        return tuple(dict.fromkeys(filter(None, map(own_directory, paths))))

    def is_for_outputs(self, path: str) -> bool:
        """Tell whether a directory, by its path below the root, holds outputs and no run."""
        return any(is_for_outputs(path, own, self.run_depth) for own in self.beside)

    @cached_property
    def used_sheets(self) -> tuple[str, ...]:
        """Globs of the sheets that conversions left beside what they made."""
        sheets = (
            sheet
            for file_type in self._all_types
            for each in file_type.conversions
            for sheet in each.sheets
        )
        return tuple(dict.fromkeys(PATTERN_FIELD.sub("*", sheet) for sheet in sheets))

    def below_outputs(
        self, directories: Mapping[str, Collection[str]]
    ) -> tuple[tuple[str, ...], ...]:
        """Give globs, as path components, of what else to search in these listed directories."""
        globs = (glob for each in self._all_types for glob in each.below_outputs(directories))
        return tuple(tuple(glob.split("/")) for glob in dict.fromkeys(globs))

    @cached_property
    def _searched_regexes(self) -> tuple[re.Pattern[str], ...]:
        return tuple(glob_regex(path) for path in sorted(self.searched))

    def is_searched(self, directory: str) -> bool:
        return any(regex.fullmatch(directory) for regex in self._searched_regexes)

    def searched_in(self, directories: Mapping[str, Collection[str]]) -> Callable[[str], bool]:
        """Tell of each directory whether every file in it should be explained.

        ``directories`` are the listed ones, with the names in each.
        """
        fits = [glob_regex("/".join(glob)) for glob in self.below_outputs(directories)]
        return lambda folder: (
            self.is_searched(folder) or any(each.fullmatch(folder) for each in fits)
        )

    def may_be_unexplained(self, path: str) -> bool:
        """Whether the layout says that a file at this path needs no sheet to explain it."""
        name = path.rpartition("/")[2]
        return any(
            fnmatchcase(path if "/" in pattern else name, pattern)
            for pattern in self.never_unexpected
        )

    def is_never_searched(self, path: str) -> bool:
        return any(glob_regex(pattern).fullmatch(path) for pattern in self.never_searched)

    def is_ignored(self, directory_name: str) -> bool:
        return _names_regex(self.ignored_directories).fullmatch(directory_name) is not None


def _with_figures(types: tuple[FileType, ...], paths: tuple[str, ...]) -> tuple[FileType, ...]:
    reports = [each for each in types if each.content == ILLUMINA_QC]
    if not reports:
        figures = FileType(ILLUMINA_QC, Per.RUN, (), paths, content=ILLUMINA_QC)
        return (*types, figures)
    more = {each.name: (*each.patterns_if_present, *paths) for each in reports[:1]}
    return tuple(
        replace(each, patterns_if_present=more[each.name]) if each.name in more else each
        for each in types
    )


def _made_for(kit: str, made: Mapping[str, tuple[str, ...]]) -> set[str]:
    return {name for name, kits in made.items() if kit in {each.casefold() for each in kits}}


def _with_expected(types: tuple[FileType, ...], names: Collection[str]) -> tuple[FileType, ...]:
    return tuple(
        replace(each, expect=Expect.ALWAYS) if each.name in names else each for each in types
    )
