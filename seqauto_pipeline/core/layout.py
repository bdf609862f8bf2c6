"""A layout: where the parts of a run folder are.

The fields, their meaning and their defaults are in ``docs/layouts.md``; ``layouts`` reads them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from posixpath import dirname

from seqauto_pipeline.core.file_list import glob_regex

# What a pattern may hold, and what each stands for.
PATTERN_FIELDS: Mapping[str, str] = {
    "sample_id": "the sheet's Sample_ID",
    "sample_name": "the sheet's Sample_Name; where that is empty, its Sample_ID",
    "sample_number": "Illumina's S number: order of first appearance of the sample id, from 1",
    "sample_project": "the sheet's Sample_Project",
    "lane": "lane number",
    "lane_code": "lane as file names have it: L001",
    "index": "index (i7) of the sheet",
    "index2": "index2 (i5) of the sheet",
    "read": "1 or 2",
    "flowcell_id": "last part of the run's name as written, side letter included",
    "flowcell": "RunInfo's flowcell, without the side",
    "sequencing_run": "name of the run folder",
    "enrichment_kit": "enrichment kit of the sample; for a file of the run, of the run",
    "newest": "the highest number among the directories that stand here",
    "stem": "for a file made from another: that file's name up to its first known ending",
}
CONTENT_KINDS = frozenset(
    {"exec_summary", "gene_list", "gene_coverage", "fastqc", "flagstat", "illumina_qc"}
)
# Fields that a file name loses when another file is named after it, as FastQC does.
_STEM_ENDINGS = re.compile(r"(\.fastq|\.fq|\.bam|\.vcf|\.txt)?(\.gz)?$")
PATTERN_FIELD = re.compile(r"\{([^{}]*)\}")


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

    @property
    def searched(self) -> tuple[str, ...]:
        patterns = (
            *self.patterns,
            *self.patterns_if_present,
            *((self.values,) if self.values else ()),
        )
        return tuple(dict.fromkeys((*self.directories, *map(folder_glob, patterns))))


RUN_COMPLETION = "RunCompletionStatus.xml"


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
        folders = dict.fromkeys((*map(dirname, self.run_info), ""))
        return tuple(f"{folder}/{RUN_COMPLETION}".lstrip("/") for folder in folders)


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

    @cached_property
    def directories(self) -> tuple[tuple[str, ...], ...]:
        """Globs of all directories a scan lists in a run folder, as path components, sorted."""
        parts = (*self.run.markers, *self.run.sample_sheet, *self.run.run_info)
        more = (*self.run.run_parameters, *self.run.basecalls, *self.run.interop)
        found = {"", *(dirname(path) for path in (*parts, *more)), *self.searched}
        return tuple(sorted(tuple(path.split("/")) if path else () for path in found))

    @cached_property
    def searched(self) -> frozenset[str]:
        """Globs of the directories in which every file should be explained."""
        types = (*self.file_types, *(each for types in self.kits.values() for each in types))
        return frozenset(path for file_type in types for path in file_type.searched)

    @cached_property
    def _searched_regexes(self) -> tuple[re.Pattern[str], ...]:
        return tuple(glob_regex(path) for path in sorted(self.searched))

    def is_searched(self, directory: str) -> bool:
        return any(regex.fullmatch(directory) for regex in self._searched_regexes)

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
        return any(fnmatchcase(directory_name, pattern) for pattern in self.ignored_directories)


def folder_glob(pattern: str) -> str:
    """The directory of a pattern, each field in it replaced by ``*``."""
    return PATTERN_FIELD.sub("*", dirname(pattern))


# A layout has some twenty patterns, and a scan asks for the parts of each a million times.
@lru_cache(maxsize=1024)
def parts_of(pattern: str) -> tuple[tuple[str, bool], ...]:
    """Split a pattern into its texts and fields, in order; True marks a field."""
    parts = PATTERN_FIELD.split(pattern)
    return tuple((part, bool(index % 2)) for index, part in enumerate(parts) if part)


@lru_cache(maxsize=1024)
def fields_of(pattern: str) -> frozenset[str]:
    return frozenset(part for part, is_field in parts_of(pattern) if is_field)


def stem_of(path: str) -> str:
    """File name without the endings that FastQC drops: ``a_R1.fastq.gz`` gives ``a_R1``."""
    return _STEM_ENDINGS.sub("", path.rpartition("/")[2])
