"""SampleSheet.csv of every family: bytes to a SampleSheet and Problems.

Families and their columns: Illumina's "Sample Sheet" pages for CASAVA 1.8, bcl2fastq2 v2.20 and
BCL Convert v4. What other people's files do beyond them is listed in docs/sample_sheets.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.cells import key_and_value, whole_number
from seqauto_pipeline.core.sheet.codes import bounded, found
from seqauto_pipeline.core.sheet.conversion import Workflow
from seqauto_pipeline.core.sheet.likeness import binary_kind, text_kind
from seqauto_pipeline.core.sheet.sample_rows import SampleRows
from seqauto_pipeline.core.sheet.sample_sheet import (
    ParsedSheet,
    SampleSheet,
    SheetColumns,
    SheetFormat,
    SheetSample,
    SheetSetting,
)
from seqauto_pipeline.core.sheet.sections import SheetSections, section_problems
from seqauto_pipeline.core.sheet.tables import Table, no_samples, sample_tables
from seqauto_pipeline.core.sheet.text import SheetText, not_ascii, read_sections, read_text
from seqauto_pipeline.core.sheet.words import word
from seqauto_pipeline.core.sheet.workflows import unconverted_samples, workflows_of

MAX_BYTES = 64 * 1024 * 1024
_NO_COLUMNS_ADDED = SheetColumns()


def parse_sample_sheet(data: bytes, columns: SheetColumns = _NO_COLUMNS_ADDED) -> ParsedSheet:
    """Read a sample sheet of any family. Never raises on content: what is wrong is a problem."""
    refused = _refused_bytes(data)
    if refused:
        return ParsedSheet(None, (refused,))
    text = read_text(data)
    sections, problems = read_sections(text)
    named = SheetSections(sections, text.delimiter)
    return _Parser(text, named, columns, [*text.problems, *problems]).parse()


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
        sections: SheetSections,
        columns: SheetColumns,
        problems: list[Problem],
    ) -> None:
        self._text, self._sections = text, sections
        self._columns, self._problems = columns, problems

    def parse(self) -> ParsedSheet:
        too_large = [each for each in self._problems if each.code == "SHEET_TOO_LARGE"]
        if too_large:
            self._problems = []
            return self._refused(None, too_large[0])
        if not self._sections.is_sheet():
            self._problems = []  # what is wrong with the sheet's text means nothing here
            return self._refused(None, _not_a_sheet(self._kind()))
        family = self._sections.family()
        self._problems.extend(section_problems(self._sections, family))
        if family is SheetFormat.BCLCONVERT_V2:
            self._problems.extend(not_ascii(self._text))
        tables = sample_tables(self._sections, family, self._problems)
        if isinstance(tables, Problem):
            return self._refused(family, tables)
        samples = tuple(self._samples(tables))
        if not samples:
            return self._refused(family, no_samples(tables))
        sheet = self._sheet(family, tables[0].columns, samples)
        return self._parsed(family, sheet)

    def _kind(self) -> str:
        other = self._sections.other_plan()
        if other:
            return other
        if self._sections.named:
            names = ", ".join(map(quoted, self._sections.names[:4]))
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
            self._sections.names,
        )

    def _samples(self, tables: Sequence[Table]) -> Iterator[SheetSample]:
        numbers: dict[str, int] = {}
        for table in tables:
            yield from SampleRows(table, self._columns, numbers, self._problems).samples()

    def _sheet(
        self, family: SheetFormat, columns: tuple[str, ...], samples: tuple[SheetSample, ...]
    ) -> SampleSheet:
        reads, index_cycles = self._read_cycles()
        settings = (*self._settings("bclconvertsettings"), *self._settings("settings"))
        sheet = SampleSheet(
            family,
            self._text.encoding,
            self._text.delimiter,
            self._sections.names,
            self._sections.header(),
            reads,
            settings,
            columns,
            samples,
            index_cycles,
            self._workflows(family, samples),
        )
        self._check_settings(settings)
        return sheet

    def _workflows(
        self, family: SheetFormat, samples: tuple[SheetSample, ...]
    ) -> tuple[Workflow, ...]:
        workflows = workflows_of(self._sections) if family is SheetFormat.BCLCONVERT_V2 else ()
        if workflows:
            converted = {sample.sample_id for sample in samples}
            self._problems.extend(unconverted_samples(self._sections, converted))
        return workflows

    def _settings(self, section: str) -> Iterator[SheetSetting]:
        for row in self._sections.rows(section):
            yield SheetSetting(*key_and_value(row), row.line, section)

    def _read_cycles(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        reads: list[int] = []
        index_cycles: list[int] = []
        for row in self._sections.rows("reads"):
            key, value = key_and_value(row)
            cycles = whole_number(value or key)
            if cycles is None:
                message = f"The read length {quoted(value or key)} is not a whole number"
                self._problems.append(found("INVALID_SETTING", message, row.line))
            elif not cycles and word(key).endswith("cycles"):
                self._problems.append(_zero_cycles(key, row.line))
            elif cycles:
                (index_cycles if _is_index(key) else reads).append(cycles)
        return tuple(reads), tuple(index_cycles)

    def _check_settings(self, rows: Iterable[SheetSetting]) -> None:
        for row in rows:
            if not word(row.name).startswith("barcodemismatches") or _is_mismatches(row.value):
                continue
            message = f"{quoted(row.name)} is {quoted(row.value)}, expected a whole number"
            self._problems.append(found("INVALID_SETTING", message, row.line))


def _is_index(key: str) -> bool:
    return word(key).startswith("index")


def _zero_cycles(key: str, line: int) -> Problem:
    """Judge a read of no cycles. Illumina's run planning allows it of an index read.

    Sources: Illumina Connected Software, "Sample Sheet", "Parameters"; Clinical-Genomics/cg, issue
    4802, of Read2Cycles.
    """
    message = f"{quoted(key)} is 0: BCL Convert refuses a read without cycles"
    problem = found("ZERO_CYCLES", message, line)
    return replace(problem, severity=Severity.WARNING) if _is_index(key) else problem


def _is_mismatches(value: str) -> bool:
    return whole_number(value) is not None or word(value) in ("", "na")
