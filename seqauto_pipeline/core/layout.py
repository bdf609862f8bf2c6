"""A layout: where the parts of a run folder are. Checked when it is loaded, compiled once.

The fields of the TOML file, their meaning and their defaults are in ``docs/layouts.md``.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from posixpath import dirname

from seqauto_pipeline.core.file_list import glob_regex
from seqauto_pipeline.errors import LayoutError

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
_PATTERN_FIELD = re.compile(r"\{([^{}]*)\}")


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
        "@eaDir",
        "#recycle",
        "$RECYCLE.BIN",
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
    return _PATTERN_FIELD.sub("*", dirname(pattern))


# A layout has some twenty patterns, and a scan asks for the parts of each a million times.
@lru_cache(maxsize=1024)
def parts_of(pattern: str) -> tuple[tuple[str, bool], ...]:
    """Split a pattern into its texts and fields, in order; True marks a field."""
    parts = _PATTERN_FIELD.split(pattern)
    return tuple((part, bool(index % 2)) for index, part in enumerate(parts) if part)


@lru_cache(maxsize=1024)
def fields_of(pattern: str) -> frozenset[str]:
    return frozenset(part for part, is_field in parts_of(pattern) if is_field)


def stem_of(path: str) -> str:
    """File name without the endings that FastQC drops: ``a_R1.fastq.gz`` gives ``a_R1``."""
    return _STEM_ENDINGS.sub("", path.rpartition("/")[2])


def parse_layout(text: str, where: str) -> Layout:
    """Read and check a layout file. ``where`` names it in errors.

    Raises LayoutError for the first thing wrong: unknown fields, types without patterns, patterns
    that leave the run folder or cannot tell two samples apart.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"{where}:{line[1] if line else len(text.splitlines())}"
        raise LayoutError(place, f"this is not TOML: {error}") from error
    reader = _Reader(text, where)
    md5 = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return _layout(reader, table, md5)


_TOML_NAME = re.compile(
    r"""\s*(?:\[\s*(?P<section>(?:[^\]"']|"[^"]*"|'[^']*')+)\]|(?P<key>[\w."' -]+?)\s*=)"""
)


def _lines_of_names(text: str) -> dict[str, int]:
    """Say on which line each section and each field of a TOML text stands first."""
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        match = _TOML_NAME.match(line)
        if match is None:
            continue
        name = re.sub(r"[\"']", "", match["section"] or match["key"]).strip()
        if match["section"]:
            section = name
        else:
            name = ".".join(filter(None, (section, name)))
        lines.setdefault(name, number)
    return lines


class _Reader:
    """Takes values out of parsed TOML and says where a wrong one stands."""

    def __init__(self, text: str, where: str) -> None:
        self._lines, self._where = _lines_of_names(text), where

    def fail(self, section: str, key: str, reason: str) -> LayoutError:
        return LayoutError(f"{self._where}{self._line(section, key)}", reason)

    def _line(self, section: str, key: str) -> str:
        """Find where a field stands; what is missing is told of at the head of its section."""
        name = ".".join(filter(None, (section, key)))
        below = (line for each, line in self._lines.items() if each.startswith(f"{name}."))
        found = (self._lines.get(name), next(below, None), self._lines.get(section))
        line = next((each for each in found if each is not None), None)
        return "" if line is None else f":{line}"

    def only(self, section: str, table: Mapping[str, object], known: frozenset[str]) -> None:
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = (
                    f"did you mean {near[0]!r}?"
                    if near
                    else f"known are {', '.join(sorted(known))}"
                )
                raise self.fail(section, key, f"unknown field {key!r}; {hint}")

    def table(self, section: str, value: object) -> Mapping[str, object]:
        if not isinstance(value, dict):
            raise self.fail("", section, f"{section} should be a table, found {value!r}")
        return value

    def text(self, section: str, table: Mapping[str, object], key: str) -> str | None:
        value = table.get(key)
        if value is not None and (not isinstance(value, str) or not value):
            raise self.fail(section, key, f"{key} should be text, found {value!r}")
        return value

    def number(self, section: str, table: Mapping[str, object], key: str, default: int) -> int:
        value = table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 8:
            raise self.fail(section, key, f"{key} should be a number from 0 to 8, found {value!r}")
        return value

    def flag(self, section: str, table: Mapping[str, object], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(section, key, f"{key} should be true or false, found {value!r}")
        return value

    def texts(self, section: str, table: Mapping[str, object], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.fail(section, key, f"{key} should be a list of texts, found {value!r}")
        return tuple(value)

    def choice(
        self, section: str, table: Mapping[str, object], key: str, kind: type[StrEnum], default: str
    ) -> str:
        value = table.get(key, default)
        if value not in list(kind):
            choices = ", ".join(kind)
            raise self.fail(section, key, f"{key} should be one of {choices}, found {value!r}")
        return str(value)


_TOP_FIELDS = frozenset(each.name for each in fields(Layout)) - {"source_md5"} | {"description"}
_GLOBS = frozenset({"basecalls", "interop"})  # the others name one place
_RUN_FIELDS = frozenset(each.name for each in fields(RunParts))
_TYPE_FIELDS = frozenset(each.name for each in fields(FileType)) - {"name"} | {"description"}


def _layout(reader: _Reader, table: Mapping[str, object], md5: str) -> Layout:
    reader.only("", table, _TOP_FIELDS)
    name = reader.text("", table, "name")
    if name is None:
        raise reader.fail("", "name", "the layout has no name")
    types = _file_types(reader, table.get("file_types", {}))
    never_searched = reader.texts("", table, "never_searched")
    for glob in never_searched:
        _check_glob(reader, "", "never_searched", glob)
    depth = reader.number("", table, "run_depth", 2)
    kit_level = reader.number("", table, "enrichment_kit_level", min(1, max(depth - 1, 0)))
    if depth == 0 or kit_level >= depth:
        raise reader.fail(
            "",
            "run_depth",
            f"run folders at depth {depth} leave no level {kit_level} for kits above them",
        )
    ignored = (
        reader.texts("", table, "ignored_directories") if "ignored_directories" in table else None
    )
    layout = Layout(
        name=name,
        run=_run_parts(reader, table.get("run", {})),
        file_types=types,
        run_depth=depth,
        enrichment_kit_level=kit_level,
        lanes=Lanes(reader.choice("", table, "lanes", Lanes, "sheet")),
        never_unexpected=reader.texts("", table, "never_unexpected"),
        never_searched=never_searched,
        kits=_kits(reader, table.get("kits", {}), types),
        source_md5=md5,
    )
    return layout if ignored is None else replace(layout, ignored_directories=ignored)


def _run_parts(reader: _Reader, value: object) -> RunParts:
    table = reader.table("run", value)
    reader.only("run", table, _RUN_FIELDS)
    paths = {
        key: reader.texts("run", table, key) for key in _RUN_FIELDS - {"markers_by_instrument"}
    }
    for key, patterns in paths.items():
        for pattern in patterns:
            check = _check_glob if key in _GLOBS else _check_path
            check(reader, "run", key, pattern)
            if fields_of(pattern):
                raise reader.fail(
                    "run",
                    key,
                    f"{pattern!r} should have no {{field}}: it is the same for every run",
                )
    parts = RunParts(
        markers_by_instrument=reader.flag("run", table, "markers_by_instrument"), **paths
    )
    if bool(parts.markers) == parts.markers_by_instrument:
        raise reader.fail(
            "run",
            "markers",
            "give either markers or markers_by_instrument = true: "
            "without one no run is ever complete",
        )
    if not parts.sample_sheet:
        raise reader.fail(
            "run", "sample_sheet", "sample_sheet is missing: nothing says what to expect"
        )
    return parts


def _file_types(reader: _Reader, value: object) -> tuple[FileType, ...]:
    tables = reader.table("file_types", value)
    if not tables:
        raise reader.fail("file_types", "", "the layout has no file types")
    types = {name: _file_type(reader, name, content) for name, content in tables.items()}
    for file_type in types.values():
        _check_references(reader, file_type, types)
    _check_shared_patterns(reader, types.values())
    return _in_order(reader, types)


def _check_shared_patterns(reader: _Reader, types: Iterable[FileType]) -> None:
    owners: dict[str, str] = {}
    for file_type in types:
        for pattern in (*file_type.patterns, *file_type.patterns_if_present):
            owner = owners.setdefault(pattern, file_type.name)
            if owner != file_type.name:
                raise reader.fail(
                    f"file_types.{file_type.name}",
                    "patterns",
                    f"{pattern!r} is a pattern of {owner!r} too: a file is of one type",
                )


def _file_type(reader: _Reader, name: str, value: object) -> FileType:
    section = f"file_types.{name}"
    table = reader.table(section, value)
    reader.only(section, table, _TYPE_FIELDS)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise reader.fail(
            section, "", f"a file type is named in lower case, like bam or joint_vcf, not {name!r}"
        )
    file_type = FileType(
        name=name,
        per=Per(reader.choice(section, table, "per", Per, "sample")),
        patterns=reader.texts(section, table, "patterns"),
        patterns_if_present=reader.texts(section, table, "patterns_if_present"),
        expect=Expect(reader.choice(section, table, "expect", Expect, "always")),
        directories=reader.texts(section, table, "directories"),
        of=reader.text(section, table, "of"),
        content=reader.text(section, table, "content"),
        values=reader.text(section, table, "values"),
        genes_from=reader.text(section, table, "genes_from"),
        non_empty=reader.flag(section, table, "non_empty"),
        index_suffixes=reader.texts(section, table, "index_suffixes"),
        made_from=reader.text(section, table, "made_from"),
    )
    _check_file_type(reader, section, file_type)
    return file_type


def _check_file_type(reader: _Reader, section: str, file_type: FileType) -> None:
    if not file_type.patterns:
        raise reader.fail(section, "patterns", f"file type {file_type.name!r} has no patterns")
    if file_type.content is not None and file_type.content not in CONTENT_KINDS:
        known = ", ".join(sorted(CONTENT_KINDS))
        raise reader.fail(
            section, "content", f"nothing reads content {file_type.content!r}; known are {known}"
        )
    if file_type.patterns_if_present and file_type.per is not Per.RUN:
        raise reader.fail(
            section, "patterns_if_present", 'patterns_if_present goes with per = "run" only'
        )
    if (file_type.content == "exec_summary") != (file_type.values is not None):
        raise reader.fail(
            section, "values", "values names the table beside an exec summary: give both or neither"
        )
    if file_type.values is not None and file_type.per is not Per.SAMPLE:
        raise reader.fail(section, "per", 'an exec summary is of a sample: per = "sample"')
    for key in ("patterns", "patterns_if_present", "values"):
        found = getattr(file_type, key)
        for pattern in (found,) if isinstance(found, str) else found or ():
            _check_pattern(reader, section, key, pattern, file_type.per)
    for directory in file_type.directories:
        _check_glob(reader, section, "directories", directory)


def _check_pattern(reader: _Reader, section: str, key: str, pattern: str, per: Per) -> None:
    _check_path(reader, section, key, pattern)
    names = fields_of(pattern)
    for name in sorted(names - PATTERN_FIELDS.keys()):
        near = get_close_matches(name, PATTERN_FIELDS, n=1)
        hint = f"did you mean {{{near[0]}}}?" if near else f"known are {', '.join(PATTERN_FIELDS)}"
        raise reader.fail(section, key, f"{pattern!r} has an unknown field {{{name}}}; {hint}")
    if "{" in _PATTERN_FIELD.sub("", pattern) or "}" in _PATTERN_FIELD.sub("", pattern):
        raise reader.fail(section, key, f"{pattern!r} has a brace without its partner")
    if re.search(r"\}\{", pattern):
        raise reader.fail(
            section,
            key,
            f"{pattern!r} has two fields with nothing between them: "
            "two samples could have one path",
        )
    if "newest" in names and pattern.split("/")[:-1].count("{newest}") != 1:
        raise reader.fail(
            section, key, f"{pattern!r} should have {{newest}} once, alone as a directory's name"
        )
    if reason := _cannot_tell_apart(names, per):
        raise reader.fail(section, key, f"{pattern!r} {reason}")


def _cannot_tell_apart(names: frozenset[str], per: Per) -> str | None:
    tells_samples = names & {"sample_id", "sample_name", "sample_number"}
    if per is Per.RUN and (
        wrong := names - {"sequencing_run", "enrichment_kit", "flowcell", "flowcell_id", "newest"}
    ):
        return f"is of the run, which has no {{{min(wrong)}}}"
    if per in (Per.SAMPLE, Per.READ) and not tells_samples:
        return (
            "cannot tell two samples apart: it needs {sample_id}, {sample_name} or {sample_number}"
        )
    if per is Per.READ and "read" not in names:
        return "cannot tell the reads of a sample apart: it needs {read}"
    if names & {"stem", "read" if per is Per.SAMPLE else "stem"} and per is not Per.FILE:
        return f"has a field that a file per {per} does not have"
    if per is Per.FILE and "stem" not in names:
        return "cannot tell two files apart: it needs {stem}"
    return None


def _check_path(reader: _Reader, section: str, key: str, path: str) -> None:
    """Refuse what is not one place below the run folder."""
    _check_glob(reader, section, key, path)
    if re.search(r"[*?\[\]]", path):
        raise reader.fail(
            section, key, f"{path!r} has a wildcard, and this names one place: use {{fields}}"
        )


def _check_glob(reader: _Reader, section: str, key: str, path: str) -> None:
    parts = path.split("/")
    if path.startswith("/") or "" in parts or ".." in parts or "." in parts or "\\" in path:
        raise reader.fail(
            section,
            key,
            f"{path!r} should be a plain path below the run folder, without .. or a leading /",
        )
    try:
        glob_regex(path)
    except re.error as error:
        raise reader.fail(section, key, f"{path!r} has a range that is none: {error}") from error


def _check_references(reader: _Reader, file_type: FileType, types: Mapping[str, FileType]) -> None:
    for key in ("of", "genes_from", "made_from"):
        other = getattr(file_type, key)
        if other is not None and other not in types:
            raise reader.fail(
                f"file_types.{file_type.name}",
                key,
                f"{key} names {other!r}, which is no file type here",
            )
    if (file_type.per is Per.FILE) != (file_type.of is not None):
        raise reader.fail(
            f"file_types.{file_type.name}", "of", 'of goes with per = "file", and only with it'
        )
    if file_type.of and types[file_type.of].per is Per.FILE:
        raise reader.fail(
            f"file_types.{file_type.name}",
            "of",
            f"{file_type.of!r} is made from another file itself",
        )


def _in_order(reader: _Reader, types: Mapping[str, FileType]) -> tuple[FileType, ...]:
    """Put each type behind those whose files or content it needs."""
    ordered: dict[str, FileType] = {}

    def place(file_type: FileType, waiting: tuple[str, ...]) -> None:
        if file_type.name in waiting:
            raise reader.fail(
                f"file_types.{file_type.name}",
                "",
                f"types need each other in a circle: {' > '.join((*waiting, file_type.name))}",
            )
        for needed in (file_type.of, file_type.genes_from, file_type.made_from):
            if needed is not None and needed not in ordered:
                place(types[needed], (*waiting, file_type.name))
        ordered.setdefault(file_type.name, file_type)

    for file_type in types.values():
        place(file_type, ())
    return tuple(ordered.values())


def _kits(
    reader: _Reader, value: object, types: tuple[FileType, ...]
) -> dict[str, tuple[FileType, ...]]:
    kits: dict[str, tuple[FileType, ...]] = {}
    for kit, content in reader.table("kits", value).items():
        section = f"kits.{kit}"
        overrides = reader.table(section, content)
        reader.only(section, overrides, frozenset({"file_types"}))
        tables = reader.table(f"{section}.file_types", overrides.get("file_types", {}))
        if kit.casefold() in kits:
            raise reader.fail(section, "", f"kit {kit!r} stands here twice: case does not count")
        for name in tables.keys() - {each.name for each in types}:
            raise reader.fail(
                f"{section}.file_types",
                name,
                f"kit {kit!r} overrides {name!r}, which is no file type here",
            )
        kits[kit.casefold()] = tuple(_overridden(reader, section, each, tables) for each in types)
    return kits


def _overridden(
    reader: _Reader, kit_section: str, file_type: FileType, tables: Mapping[str, object]
) -> FileType:
    if file_type.name not in tables:
        return file_type
    section = f"{kit_section}.file_types.{file_type.name}"
    table = reader.table(section, tables[file_type.name])
    reader.only(section, table, frozenset({"patterns", "patterns_if_present", "expect"}))
    if file_type.per is Per.FILE:
        raise reader.fail(
            section, "", f"{file_type.name!r} follows its source in every kit: override that"
        )
    changed = replace(
        file_type,
        patterns=reader.texts(section, table, "patterns")
        if "patterns" in table
        else file_type.patterns,
        patterns_if_present=reader.texts(section, table, "patterns_if_present")
        if "patterns_if_present" in table
        else file_type.patterns_if_present,
        expect=Expect(reader.choice(section, table, "expect", Expect, file_type.expect)),
    )
    _check_file_type(reader, section, changed)
    return changed
