"""SampleSheet.csv of every family: bytes to a SampleSheet and Problems.

Families and their columns: Illumina's "Sample Sheet" pages for CASAVA 1.8, bcl2fastq2 v2.20 and
BCL Convert v4. What other people's files do beyond them is listed in docs/sample_sheets.md.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from seqauto_pipeline.core.display import counted, quoted
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.codes import bounded, found
from seqauto_pipeline.core.sheet.likeness import binary_kind, text_kind
from seqauto_pipeline.core.sheet.text import (
    Row,
    Section,
    SheetText,
    read_sections,
    read_text,
    word,
)

MAX_BYTES = 64 * 1024 * 1024
_ENOUGH = 1000  # problems of one code
_HEADER_ROWS = 10  # rows of a data section in which its header row is looked for


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
class SampleSheet:
    """A sheet that lists at least one sample."""

    format: SheetFormat
    encoding: str
    delimiter: str
    sections: tuple[str, ...]  # as written, in order
    header: tuple[tuple[str, str], ...]
    reads: tuple[int, ...]  # cycles of the reads that are not index reads
    settings: tuple[tuple[str, str], ...]  # of [BCLConvert_Settings], then of [Settings]
    columns: tuple[str, ...]
    samples: tuple[SheetSample, ...]
    index_cycles: tuple[int, ...] = ()  # v2 only

    def setting(self, name: str) -> str | None:
        """Look a setting up; case, blanks and underscores do not count. None: not stated."""
        wanted = word(name)
        return next((value for key, value in self.settings if word(key) == wanted and value), None)

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
            _number(self.setting("BarcodeMismatchesIndex1") or ""),
            _number(self.setting("BarcodeMismatchesIndex2") or ""),
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


_NOT_STATED: tuple[int | None, int | None] = (None, None)
_ADAPTER_SETTINGS = frozenset({"adapter", "adapterread1", "adapterread2", "trimadapter"})
_NEGATIVE = frozenset({"", "false", "n", "no", "0", "pass", "passed", "ok"})
_FAILED = frozenset({"true", "y", "yes", "fail", "failed"})
_LEGACY_COLUMNS = frozenset({"lane", "sampleref", "recipe", "operator", "control", "sampleproject"})
_BASES = re.compile(r"[ACGTN]+(?:-[ACGTN]*)?")
_JOINED = re.compile(r"([ACGTN]+)-([ACGTN]+)")
_LANE = re.compile(r"(?:lane|l)?\s*0{0,9}([0-9]{1,2})(?:\.0+)?", re.IGNORECASE)
_LANE_RANGE = re.compile(r"([0-9])\s*-\s*([0-9])")
_LANE_DELIMITERS = re.compile(r"\s*[+;,&|/]\s*")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")

# The words (see ``word``) of each field's column, and those that do where none of them is there
_FIELD_WORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "fcid": (("fcid",), ()),
        "lane": (("lane",), ("lanes", "lanenumber")),
        "sample_id": (("sampleid",), ()),
        "sample_name": (("samplename",), ()),
        "sample_project": (("sampleproject",), ("project",)),
        "index": (("index",), ("index1", "indexi7", "i7index", "indexsequence")),
        "index2": (("index2",), ("indexi5", "i5index", "index2sequence")),
        "failed": (("failed",), ()),
        "override_cycles": (("overridecycles",), ()),
        "mismatches1": (("barcodemismatchesindex1",), ()),
        "mismatches2": (("barcodemismatchesindex2",), ()),
    }
)


def field_places(columns: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Find the columns of each field that has any; several where the sheet repeats one."""
    words = [word(column) for column in columns]
    places = {}
    for field, alternatives in _FIELD_WORDS.items():
        for accepted in alternatives:
            here = tuple(place for place, each in enumerate(words) if each in accepted)
            if here:
                places[field] = here
                break
    return places


def parse_sample_sheet(data: bytes, columns: SheetColumns = SheetColumns()) -> ParsedSheet:
    """Read a sample sheet of any family. Never raises on content: what is wrong is a problem."""
    refused = _refused_bytes(data)
    if refused:
        return ParsedSheet(None, (refused,))
    text = read_text(data)
    sections, problems = read_sections(text)
    return _Parser(text, sections, columns, [*text.problems, *problems]).parse()


def _refused_bytes(data: bytes) -> Problem | None:
    if len(data) > MAX_BYTES:
        message = f"The file has {len(data)} bytes, expected at most {MAX_BYTES}"
        return found("SHEET_TOO_LARGE", message)
    kind = binary_kind(data)
    if kind:
        return _not_a_sheet(kind)
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe,;"):
        what = "has no bytes" if not data else "holds only blanks and delimiters"
        return found("EMPTY_SHEET", f"The file {what}, expected a sample sheet")
    return None


def _not_a_sheet(kind: str) -> Problem:
    message = f"This is not a sample sheet: it looks like {kind}"
    return found("NOT_A_SAMPLE_SHEET", message)


class _Parser:
    """Holds one sheet's sections while its parts are read; problems gather on the way."""

    def __init__(
        self,
        text: SheetText,
        sections: Sequence[Section],
        columns: SheetColumns,
        problems: list[Problem],
    ) -> None:
        self._text, self._columns, self._problems = text, columns, problems
        self._sections = [_unpacked(section, text.delimiter) for section in sections]
        self._named = self._sections[1:]
        self._words = frozenset(word(section.name) for section in self._named)

    def parse(self) -> ParsedSheet:
        too_large = [each for each in self._problems if each.code == "SHEET_TOO_LARGE"]
        if too_large:
            self._problems = []
            return self._refused(None, too_large[0])
        if not self._is_sheet():
            self._problems = []  # what is wrong with the sheet's text means nothing here
            return self._refused(None, _not_a_sheet(self._kind()))
        family = self._family()
        self._check_sections(family)
        tables = self._tables(family)
        if isinstance(tables, Problem):
            return self._refused(family, tables)
        samples = tuple(self._samples(tables))
        if not samples:
            return self._refused(family, self._nobody(tables))
        sheet = self._sheet(family, tables[0].columns, samples)
        return self._parsed(family, sheet)

    def _is_sheet(self) -> bool:
        if not self._named:
            return _is_legacy(self._sections[0])
        if self._words & {"data", "bclconvertdata"}:
            return True
        known = self._words & {"header", "reads", "settings", "bclconvertsettings"}
        return bool(known) and "samples" not in self._words

    def _kind(self) -> str:
        if "samples" in self._words:
            return "an Element AVITI run manifest"
        if self._named:
            names = ", ".join(quoted(section.name) for section in self._named[:4])
            return f"a file with the sections {names}"
        return text_kind(self._text)

    def _refused(self, family: SheetFormat | None, problem: Problem) -> ParsedSheet:
        self._problems.append(problem)
        return self._parsed(family, None)

    def _parsed(self, family: SheetFormat | None, sheet: SampleSheet | None) -> ParsedSheet:
        return ParsedSheet(
            sheet,
            bounded(self._problems),
            family,
            self._text.encoding,
            self._text.delimiter,
            self._section_names(),
        )

    def _section_names(self) -> tuple[str, ...]:
        return tuple(section.name for section in self._named)

    def _family(self) -> SheetFormat:
        if not self._named:
            return SheetFormat.LEGACY_FCID
        if any(each.startswith("bclconvert") for each in self._words) or self._states_version_2():
            return SheetFormat.BCLCONVERT_V2
        return SheetFormat.IEM_V1

    def _states_version_2(self) -> bool:
        versions = [value for key, value in self._header() if word(key) == "fileformatversion"]
        return any(version.strip('"') in ("2", "2.0") for version in versions)

    def _header(self) -> tuple[tuple[str, str], ...]:
        above = self._sections[0].rows if self._named else ()
        return tuple(map(_pair, (*above, *self._rows("header"))))

    def _rows(self, name: str) -> Iterator[Row]:
        for section in self._named:
            if word(section.name) == name:
                yield from section.rows

    def _check_sections(self, family: SheetFormat) -> None:
        above = self._sections[0].rows
        if self._named and above:
            message = f"The text {quoted(above[0].cells[0])} stands before the first section"
            self._problems.append(found("TEXT_BEFORE_SECTION", message, above[0].line))
        seen: dict[str, int] = {}
        for section in self._named:
            first = seen.setdefault(word(section.name), section.line)
            if first != section.line:
                message = (
                    f"The section {quoted(section.name)} stands on line {first} and again here"
                )
                self._problems.append(found("REPEATED_SECTION", message, section.line))
        self._check_data_sections(family, seen)

    def _check_data_sections(self, family: SheetFormat, seen: Mapping[str, int]) -> None:
        if "data" in seen and "bclconvertdata" in seen:
            message = "The sheet has [Data] and [BCLConvert_Data]; the latter was read"
            self._problems.append(found("TWO_DATA_SECTIONS", message, seen["data"]))
        elif "data" in seen and family is SheetFormat.BCLCONVERT_V2:
            message = "A v2 sheet lists its samples in [Data], expected [BCLConvert_Data]"
            self._problems.append(found("WRONG_DATA_SECTION", message, seen["data"]))

    def _tables(self, family: SheetFormat) -> "list[_Table] | Problem":
        """Find the tables that list the samples, or say why there is none."""
        if family is SheetFormat.LEGACY_FCID:
            return self._section_tables([self._sections[0]])
        for name in ("bclconvertdata", "data"):
            sections = [section for section in self._named if word(section.name) == name]
            tables = self._section_tables(sections)
            if tables:
                return tables
        return self._why_no_table()

    def _section_tables(self, sections: Iterable[Section]) -> "list[_Table]":
        """Read the header row of each section; one that repeats without it goes on below."""
        tables: list[_Table] = []
        for section in sections:
            place = _header_place(section.rows)
            if place is not None:
                tables.append(self._table(section.rows[place], section.rows[place + 1 :]))
                self._check_above(section.rows[:place])
            elif tables and section.rows:
                last = tables[-1]
                tables.append(_Table(last.header, last.columns, last.places, section.rows))
        return tables

    def _check_above(self, rows: Iterable[Row]) -> None:
        for row in rows:
            message = f"{quoted(row.cells[0])} stands above the header row of the samples"
            self._problems.append(found("TEXT_ABOVE_HEADER_ROW", message, row.line))

    def _table(self, header: Row, rows: tuple[Row, ...]) -> "_Table":
        columns = header.cells
        while columns and not columns[-1]:
            columns = columns[:-1]
        table = _Table(header, columns, field_places(columns), rows)
        self._problems.extend(_column_problems(table))
        return table

    def _why_no_table(self) -> Problem:
        data = [each for each in self._named if word(each.name) in ("bclconvertdata", "data")]
        filled = next((section for section in data if section.rows), None)
        if filled:
            return _no_id_column(filled.rows[0])
        if data:
            message = f"The section {quoted(data[0].name)} is empty, expected a header row"
            return found("NO_SAMPLES", message, data[0].line)
        return self._no_data_section()

    def _no_data_section(self) -> Problem:
        names = ", ".join(quoted(section.name) for section in self._named)
        message = f"None of the sections {names} lists the samples, expected [Data] "
        message += "or [BCLConvert_Data]"
        for section in self._sections:
            place = _header_place(section.rows)
            if place is not None and not word(section.name).endswith("data"):
                line = section.rows[place].line
                message += f"; line {line} looks like the header row that belongs below it"
                return found("NO_DATA_SECTION", message, line)
        return found("NO_DATA_SECTION", message)

    def _nobody(self, tables: "Sequence[_Table]") -> Problem:
        header = tables[0].header
        rows = sum(len(table.rows) for table in tables)
        what = f"{counted(rows, 'row')} without a sample" if rows else "no row"
        message = f"Below the header row on line {header.line} there is {what}, expected samples"
        return found("NO_SAMPLES", message, header.line)

    def _samples(self, tables: "Iterable[_Table]") -> Iterator[SheetSample]:
        numbers: dict[str, int] = {}
        for table in tables:
            yield from _TableReader(table, self._columns, numbers, self._problems).samples()

    def _sheet(
        self, family: SheetFormat, columns: tuple[str, ...], samples: tuple[SheetSample, ...]
    ) -> SampleSheet:
        reads, index_cycles = self._read_cycles()
        settings = (*self._rows("bclconvertsettings"), *self._rows("settings"))
        sheet = SampleSheet(
            family,
            self._text.encoding,
            self._text.delimiter,
            self._section_names(),
            self._header(),
            reads,
            tuple(map(_pair, settings)),
            columns,
            samples,
            index_cycles,
        )
        self._check_settings(sheet, settings)
        return sheet

    def _read_cycles(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        reads: list[int] = []
        index_cycles: list[int] = []
        for row in self._rows("reads"):
            key, value = _pair(row)
            cycles = _number(value or key)
            if cycles is None:
                message = f"The read length {quoted(value or key)} is not a whole number"
                self._problems.append(found("INVALID_SETTING", message, row.line))
            elif cycles:
                (index_cycles if word(key).startswith("index") else reads).append(cycles)
        return tuple(reads), tuple(index_cycles)

    def _check_settings(self, sheet: SampleSheet, rows: Iterable[Row]) -> None:
        for row, (key, value) in zip(rows, sheet.settings, strict=True):
            if not word(key).startswith("barcodemismatches") or _is_mismatches(value):
                continue
            message = f"{quoted(key)} is {quoted(value)}, expected a whole number"
            self._problems.append(found("INVALID_SETTING", message, row.line))


def _is_mismatches(value: str) -> bool:
    return _number(value) is not None or word(value) in ("", "na")


@dataclass(frozen=True, slots=True)
class _Table:
    """A header row and the rows below it."""

    header: Row
    columns: tuple[str, ...]  # without the empty ones at the end
    places: Mapping[str, tuple[int, ...]]
    rows: tuple[Row, ...]


class _TableReader:
    """Turns the rows of one table into samples."""

    def __init__(
        self,
        table: _Table,
        columns: SheetColumns,
        numbers: dict[str, int],
        problems: list[Problem],
    ) -> None:
        self._table, self._numbers, self._problems = table, numbers, problems
        self._counts: Counter[str] = Counter()
        self._known_lanes: dict[str, tuple[int, ...]] = {}  # a sheet has few, on many rows
        self._words = tuple(word(column) for column in table.columns)
        self._panel = self._places_of(columns.panel)
        self._panel_version = self._places_of(columns.panel_version)
        extra = frozenset(map(word, columns.extra))
        self._extra = tuple(place for place, each in enumerate(self._words) if each in extra)
        (
            self._lane,
            self._id,
            self._name,
            self._project,
            self._index,
            self._index2,
            self._failed,
            self._cycles,
            self._mismatches1,
            self._mismatches2,
        ) = (table.places.get(field, ()) for field in _READ_FIELDS)

    def _places_of(self, column: str) -> tuple[int, ...]:
        wanted = word(column)
        return tuple(place for place, each in enumerate(self._words) if each == wanted)

    def samples(self) -> Iterator[SheetSample]:
        for row in self._table.rows:
            sample_id = _value(row.cells, self._id)
            if sample_id[:6].lower() == "sample" and self._is_header(row):
                message = f"The header row of line {self._table.header.line} stands here again"
                self._problems.append(found("REPEATED_HEADER_ROW", message, row.line))
                continue
            if len(row.cells) != len(self._table.columns):
                self._check_width(row)
            if sample_id:
                yield from self._row_samples(row, sample_id)
            else:
                self._add("MISSING_SAMPLE_ID", "The row has no sample id", row, "sample_id")

    def _is_header(self, row: Row) -> bool:
        return tuple(map(word, row.cells[: len(self._words)])) == self._words

    def _check_width(self, row: Row) -> None:
        expected = len(self._table.columns)
        if len(row.cells) < expected:
            self._too_short(row, expected)
        elif any(row.cells[expected:]):
            self._too_long(row, expected)

    def _too_short(self, row: Row, expected: int) -> None:
        if not self._is_enough("ROW_TOO_SHORT"):
            missing = self._table.columns[len(row.cells)]
            message = f"The row has {len(row.cells)} cells, expected {expected}: {quoted(missing)} "
            rest = expected - len(row.cells) > 1
            message += "and the rest are missing" if rest else "is missing"
            self._problems.append(found("ROW_TOO_SHORT", message, row.line, missing or None))

    def _too_long(self, row: Row, expected: int) -> None:
        if not self._is_enough("ROW_TOO_LONG"):
            surplus = next(cell for cell in row.cells[expected:] if cell)
            message = f"The row has {len(row.cells)} cells, expected {expected}: {quoted(surplus)} "
            message += "stands below no column"
            self._problems.append(found("ROW_TOO_LONG", message, row.line))

    def _is_enough(self, code: str) -> bool:
        """Tell whether a code was reported so often that nobody reads on."""
        self._counts[code] += 1
        return self._counts[code] > _ENOUGH

    def _row_samples(self, row: Row, sample_id: str) -> Iterator[SheetSample]:
        cells = row.cells
        index, index2 = _indexes(_value(cells, self._index), _value(cells, self._index2))
        number = self._numbers.setdefault(sample_id, len(self._numbers) + 1)
        mismatches = _NOT_STATED
        if self._mismatches1 or self._mismatches2:
            mismatches = (
                _number(_value(cells, self._mismatches1)),
                _number(_value(cells, self._mismatches2)),
            )
        for lane in self._lanes(row):
            yield SheetSample(
                row.line,
                lane,
                sample_id,
                _value(cells, self._name) or sample_id,
                _value(cells, self._project) or None,
                number,
                index,
                index2,
                self._has_failed(row) if self._failed else False,
                self._kit(cells) if self._panel else None,
                self._kept(cells) if self._extra else (),
                _value(cells, self._cycles) or None,
                mismatches,
            )

    def _lanes(self, row: Row) -> tuple[int | None, ...]:
        text = _value(row.cells, self._lane)
        if not text:
            return (None,)
        lanes = self._known_lanes.get(text)
        if lanes is None:
            lanes = self._known_lanes[text] = _lane_numbers(text)
        if lanes:
            return lanes
        message = f"The lane {quoted(text)} is not a number; the sample was read without a lane"
        self._add("INVALID_LANE", message, row, "lane")
        return (None,)

    def _has_failed(self, row: Row) -> bool:
        text = _value(row.cells, self._failed).lower()
        if text not in _FAILED and text not in _NEGATIVE:
            message = f"The Failed column holds {quoted(text)}; the sample counts as not failed"
            self._add("UNKNOWN_FAILED_VALUE", message, row, "failed")
        return text in _FAILED

    def _kit(self, cells: Sequence[str]) -> str | None:
        panel = _value(cells, self._panel)
        if not panel:
            return None
        version = _value(cells, self._panel_version).lower().removeprefix("v")
        if not version or panel.lower().endswith((f"v{version}", f"_{version}")):
            return panel
        return f"{panel}_v{version}"

    def _kept(self, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((self._table.columns[at], _value(cells, (at,))) for at in self._extra)

    def _add(self, code: str, message: str, row: Row, field: str) -> None:
        if not self._is_enough(code):
            column = self._table.columns[self._table.places[field][0]]
            self._problems.append(found(code, message, row.line, column))


_READ_FIELDS = tuple(field for field in _FIELD_WORDS if field != "fcid")


def _value(cells: Sequence[str], places: Sequence[int]) -> str:
    """Take the first value that any of the columns has in this row; empty if none."""
    for place in places:
        if place < len(cells) and cells[place]:
            return cells[place]
    return ""


def _indexes(index: str, index2: str) -> tuple[str | None, str | None]:
    """Normalise both; a pair in the first cell is taken apart unless the second contradicts."""
    first, second = _index(index), _index(index2)
    joined = _JOINED.fullmatch(first) if first and "-" in first else None
    if joined and second in (None, joined.group(2)):
        return joined.group(1), joined.group(2)
    return first, second


def _index(text: str) -> str | None:
    if not text or _BASES.fullmatch(text):
        return text or None
    bases = text.replace(" ", "").upper()
    return bases if _BASES.fullmatch(bases) else text


def _lane_numbers(text: str) -> tuple[int, ...]:
    """Read "3", "L003", "1+2" or "1-4"; empty when it is none of them."""
    through = _LANE_RANGE.fullmatch(text)
    if through:
        return tuple(range(int(through.group(1)), int(through.group(2)) + 1))
    lanes = []
    for part in _LANE_DELIMITERS.split(text[:100]):
        match = _LANE.fullmatch(part)
        if match is None:
            return ()
        lanes.append(int(match.group(1)))
    return tuple(dict.fromkeys(lanes))


def _number(text: str) -> int | None:
    return int(text) if text and _WHOLE_NUMBER.fullmatch(text) else None


def _pair(row: Row) -> tuple[str, str]:
    """Read a row of a section of keys and values, also where it kept another delimiter."""
    key = row.cells[0]
    value = next((cell for cell in row.cells[1:] if cell), "")
    if not value and any(each in key for each in ",;\t"):
        key, value = re.split(r"[,;\t]+", key, maxsplit=1)
    return key, value.rstrip(",;\t")


def _unpacked(section: Section, delimiter: str) -> Section:
    """Take apart rows that a spreadsheet put into quotation marks as a whole."""
    if not section.rows or not _is_packed(section.rows[0], delimiter):
        return section
    rows = tuple(
        Row(row.line, tuple(cell.strip(' "') for cell in row.cells[0].split(delimiter)))
        if _is_packed(row, delimiter)
        else row
        for row in section.rows
    )
    return Section(section.name, section.line, rows)


def _is_packed(row: Row, delimiter: str) -> bool:
    return delimiter in row.cells[0] and not any(row.cells[1:])


def _header_place(rows: Sequence[Row]) -> int | None:
    for place, row in enumerate(rows[:_HEADER_ROWS]):
        if "sampleid" in map(word, row.cells):
            return place
    return None


def _is_legacy(section: Section) -> bool:
    """Tell a CASAVA sheet from the many other tables that have a sample id in their header row."""
    place = _header_place(section.rows)
    if place is None:
        return False
    words = frozenset(map(word, section.rows[place].cells))
    return "fcid" in words or "index" in words or len(words & _LEGACY_COLUMNS) > 1


def _no_id_column(header: Row) -> Problem:
    near = difflib.get_close_matches("sampleid", [word(cell[:40]) for cell in header.cells[:100]])
    similar = next((cell for cell in header.cells if word(cell[:40]) in near[:1]), None)
    message = f"The header row {quoted(', '.join(header.cells[:8]))} has no column Sample_ID"
    message += f"; {quoted(similar)} may be meant" if similar else ""
    return found("NO_SAMPLE_ID_COLUMN", message, header.line, similar)


def _column_problems(table: _Table) -> Iterator[Problem]:
    for places in table.places.values():
        if len(places) > 1:
            yield _repeated_column(table, places)
    words = tuple(map(word, table.columns))
    if "index" in words and "index1" in words:
        column = table.columns[words.index("index1")]
        message = f"{quoted(column)} stands beside {quoted(table.columns[words.index('index')])}"
        message += " and was not read"
        yield found("AMBIGUOUS_COLUMN", message, table.header.line, column)


def _repeated_column(table: _Table, places: Sequence[int]) -> Problem:
    names = " and ".join(quoted(table.columns[place]) for place in places)
    column = table.columns[places[1]]
    for row in table.rows:
        values = [row.cells[place] for place in places if place < len(row.cells)]
        different = sorted({value for value in values if value})
        if len(different) > 1:
            message = f"The columns {names} have one meaning and the values "
            message += f"{' and '.join(map(quoted, different))}; the first column was read"
            return found("CONFLICTING_COLUMNS", message, row.line, column)
    message = f"The columns {names} have one meaning; their values agree"
    return found("DUPLICATE_COLUMN", message, table.header.line, column)
