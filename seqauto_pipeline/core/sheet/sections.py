"""The sections of a sheet: which family they make, and what is wrong with them."""

from collections.abc import Iterator, Sequence

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.cells import key_and_value
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.likeness import plan_with_sections, table_with_columns
from seqauto_pipeline.core.sheet.sample_sheet import SheetFormat
from seqauto_pipeline.core.sheet.text import Row, Section
from seqauto_pipeline.core.sheet.words import word

_HEADER_ROWS = 10  # rows of a data section in which its header row is looked for
_LEGACY_COLUMNS = frozenset({"lane", "sampleref", "recipe", "operator", "control", "sampleproject"})


class SheetSections:
    """The sections of one sheet, looked up by name; case, blanks and underscores do not count."""

    def __init__(self, sections: Sequence[Section], delimiter: str) -> None:
        self.all = tuple(_unpacked(section, delimiter) for section in sections)
        self.above = self.all[0]  # what stands before the first section line
        self.named = self.all[1:]
        self.words = frozenset(word(section.name) for section in self.named)
        self.names = tuple(section.name for section in self.named)

    def is_sheet(self) -> bool:
        """Tell a sample sheet of any family from another file."""
        if not self.named:
            return _is_legacy(self.above) and self.other_plan() is None
        if self.words & {"data", "bclconvertdata"}:
            return True
        known = self.words & {"header", "reads", "settings", "bclconvertsettings"}
        return bool(known) and self.other_plan() is None

    def other_plan(self) -> str | None:
        """Name the run plan or table of another program that the file is."""
        if self.named:
            return plan_with_sections(self.words)
        columns = frozenset(map(word, self.above.rows[0].cells)) if self.above.rows else frozenset()
        return None if "fcid" in columns else table_with_columns(columns)

    def family(self) -> SheetFormat:
        if not self.named:
            return SheetFormat.LEGACY_FCID
        if any(each.startswith("bclconvert") for each in self.words) or self._states_version_2():
            return SheetFormat.BCLCONVERT_V2
        return SheetFormat.IEM_V1

    def _states_version_2(self) -> bool:
        versions = [value for key, value in self.header() if word(key) == "fileformatversion"]
        return any(version.strip('"') in ("2", "2.0") for version in versions)

    def header(self) -> tuple[tuple[str, str], ...]:
        """Read the keys and values of [Header], and of what stands above it."""
        above = self.above.rows if self.named else ()
        return tuple(map(key_and_value, (*above, *self.rows("header"))))

    def called(self, name: str) -> tuple[Section, ...]:
        """List the sections of a name, which is given as its word."""
        return tuple(section for section in self.named if word(section.name) == name)

    def rows(self, name: str) -> Iterator[Row]:
        for section in self.called(name):
            yield from section.rows


def section_problems(sections: SheetSections, family: SheetFormat) -> Iterator[Problem]:
    """List what is wrong with the sections as such."""
    above = sections.above.rows
    if sections.named and above:
        message = f"The text {quoted(above[0].cells[0])} stands before the first section"
        yield found("TEXT_BEFORE_SECTION", message, above[0].line)
    seen: dict[str, int] = {}
    for section in sections.named:
        first = seen.setdefault(word(section.name), section.line)
        if first != section.line:
            message = f"The section {quoted(section.name)} stands on line {first} and again here"
            yield found("REPEATED_SECTION", message, section.line)
    if "data" in seen and "bclconvertdata" in seen:
        message = "The sheet has [Data] and [BCLConvert_Data]; the latter was read"
        yield found("TWO_DATA_SECTIONS", message, seen["data"])
    elif "data" in seen and family is SheetFormat.BCLCONVERT_V2:
        message = "A v2 sheet lists its samples in [Data], expected [BCLConvert_Data]"
        yield found("WRONG_DATA_SECTION", message, seen["data"])


def header_place(rows: Sequence[Row]) -> int | None:
    """Find the row that names the columns of the samples."""
    for place, row in enumerate(rows[:_HEADER_ROWS]):
        if "sampleid" in map(word, row.cells):
            return place
    return None


def _is_legacy(section: Section) -> bool:
    """Tell a CASAVA sheet from the many other tables that have a sample id in their header row."""
    place = header_place(section.rows)
    if place is None:
        return False
    words = frozenset(map(word, section.rows[place].cells))
    return "fcid" in words or "index" in words or len(words & _LEGACY_COLUMNS) > 1


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
