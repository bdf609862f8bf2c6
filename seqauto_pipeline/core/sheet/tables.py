"""The tables that list a sheet's samples: where they are, and what is wrong with their columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.display import counted, quoted
from seqauto_pipeline.core.near_words import nearest
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.columns import FIELD_WORDS, field_places
from seqauto_pipeline.core.sheet.sample_sheet import SheetFormat
from seqauto_pipeline.core.sheet.sections import SheetSections, header_place
from seqauto_pipeline.core.sheet.text import Row, Section
from seqauto_pipeline.core.sheet.words import word


@dataclass(frozen=True, slots=True)
class Table:
    """A header row and the rows below it."""

    header: Row
    columns: tuple[str, ...]  # without the empty ones at the end
    places: Mapping[str, tuple[int, ...]]  # of each field's columns
    rows: tuple[Row, ...]


def sample_tables(
    sections: SheetSections, family: SheetFormat, problems: list[Problem]
) -> list[Table] | Problem:
    """Find the tables that list the samples, or say why there is none."""
    if family is SheetFormat.LEGACY_FCID:
        return _section_tables([sections.above], problems)
    for name in ("bclconvertdata", "data"):
        tables = _section_tables(sections.called(name), problems)
        if tables:
            return tables
    return _why_no_table(sections)


def no_samples(tables: Sequence[Table]) -> Problem:
    """Say that no row of the tables is a sample."""
    header = tables[0].header
    rows = sum(len(table.rows) for table in tables)
    what = f"{counted(rows, 'row')} without a sample" if rows else "no row"
    message = f"Below the header row on line {header.line} there is {what}, expected samples"
    return found("NO_SAMPLES", message, header.line)


def _section_tables(sections: Iterable[Section], problems: list[Problem]) -> list[Table]:
    """Read the header row of each section; one that repeats without it goes on below."""
    tables: list[Table] = []
    for section in sections:
        place = header_place(section.rows)
        if place is not None:
            table = _table(section.rows[place], section.rows[place + 1 :])
            tables.append(table)
            problems.extend(_column_problems(table))
            problems.extend(_above_header(section.rows[:place]))
        elif tables and section.rows:
            last = tables[-1]
            tables.append(Table(last.header, last.columns, last.places, section.rows))
    return tables


def _table(header: Row, rows: tuple[Row, ...]) -> Table:
    columns = header.cells
    while columns and not columns[-1]:
        columns = columns[:-1]
    return Table(header, columns, field_places(columns), rows)


def _above_header(rows: Iterable[Row]) -> Iterator[Problem]:
    for row in rows:
        message = f"{quoted(row.cells[0])} stands above the header row of the samples"
        yield found("TEXT_ABOVE_HEADER_ROW", message, row.line)


def _why_no_table(sections: SheetSections) -> Problem:
    data = [each for each in sections.named if word(each.name) in ("bclconvertdata", "data")]
    filled = next((section for section in data if section.rows), None)
    if filled:
        return _no_id_column(filled.rows[0])
    if data:
        message = f"The section {quoted(data[0].name)} is empty, expected a header row"
        return found("NO_SAMPLES", message, data[0].line)
    return _no_data_section(sections)


def _no_data_section(sections: SheetSections) -> Problem:
    names = ", ".join(map(quoted, sections.names))
    message = f"None of the sections {names} lists the samples, expected [Data] "
    message += "or [BCLConvert_Data]"
    for section in sections.all:
        place = header_place(section.rows)
        if place is not None and not word(section.name).endswith("data"):
            line = section.rows[place].line
            message += f"; line {line} looks like the header row that belongs below it"
            return found("NO_DATA_SECTION", message, line)
    return found("NO_DATA_SECTION", message)


def _no_id_column(header: Row) -> Problem:
    first_of_word = {word(cell[:40]): cell for cell in reversed(header.cells[:100])}
    near = nearest("sampleid", first_of_word)
    similar = None if near is None else first_of_word[near]
    message = f"The header row {quoted(', '.join(header.cells[:8]))} has no column Sample_ID"
    message += f"; {quoted(similar)} may be meant" if similar else ""
    return found("NO_SAMPLE_ID_COLUMN", message, header.line, similar)


def _column_problems(table: Table) -> Iterator[Problem]:
    for field, places in table.places.items():
        if len(places) > 1:
            yield _repeated_column(table, places)
        column = table.columns[places[0]]
        if word(column) not in FIELD_WORDS[field][0]:
            message = f"The column {quoted(column)} was read as {field}, and no converter does so"
            yield found("OTHER_COLUMN_NAME", message, table.header.line, column)
    words = tuple(map(word, table.columns))
    known = {place for places in table.places.values() for place in places}
    for place, each in enumerate(words):
        if each and place not in known and each in words[:place]:
            column = table.columns[place]
            message = f"The column {quoted(column)} stands twice; BCL Convert wants names to differ"
            yield found("DUPLICATE_COLUMN", message, table.header.line, column)
    if "index" in words and "index1" in words:
        column = table.columns[words.index("index1")]
        message = f"{quoted(column)} stands beside {quoted(table.columns[words.index('index')])}"
        message += " and was not read"
        yield found("AMBIGUOUS_COLUMN", message, table.header.line, column)


def _repeated_column(table: Table, places: Sequence[int]) -> Problem:
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
