"""The rows of a table as samples."""

from collections import Counter
from collections.abc import Iterator, Sequence

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.cells import first_value, indexes, lane_numbers, whole_number
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.columns import FIELD_WORDS
from seqauto_pipeline.core.sheet.sample_sheet import SheetColumns, SheetSample
from seqauto_pipeline.core.sheet.spreadsheets import turned_by_spreadsheet
from seqauto_pipeline.core.sheet.tables import Table
from seqauto_pipeline.core.sheet.text import Row
from seqauto_pipeline.core.sheet.words import word

_ENOUGH = 1000  # problems of one code
_NOT_STATED: tuple[int | None, int | None] = (None, None)
_NEGATIVE = frozenset({"", "false", "n", "no", "0", "pass", "passed", "ok"})
_FAILED = frozenset({"true", "y", "yes", "fail", "failed"})
_READ_FIELDS = tuple(field for field in FIELD_WORDS if field != "fcid")


class SampleRows:
    """Turns the rows of one table into samples."""

    def __init__(
        self,
        table: Table,
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
            sample_id = first_value(row.cells, self._id)
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
        index, index2 = self._indexes(row)
        number = self._numbers.setdefault(sample_id, len(self._numbers) + 1)
        mismatches = _NOT_STATED
        if self._mismatches1 or self._mismatches2:
            mismatches = (
                whole_number(first_value(cells, self._mismatches1)),
                whole_number(first_value(cells, self._mismatches2)),
            )
        for lane in self._lanes(row):
            yield SheetSample(
                row.line,
                lane,
                sample_id,
                first_value(cells, self._name) or sample_id,
                first_value(cells, self._project) or None,
                number,
                index,
                index2,
                self._has_failed(row) if self._failed else False,
                self._kit(cells) if self._panel else None,
                self._kept(cells) if self._extra else (),
                first_value(cells, self._cycles) or None,
                mismatches,
            )

    def _indexes(self, row: Row) -> tuple[str | None, str | None]:
        first, second = first_value(row.cells, self._index), first_value(row.cells, self._index2)
        read = indexes(first, second)
        for field, text in (("index", first), ("index2", second)):
            if len(text.split()) > 1 and text not in read:
                cleaned = "".join(text.split()).upper()
                message = f"The {field} {quoted(text)} has blanks inside, which the converters "
                message += f"refuse; it was read as {quoted(cleaned)}"
                self._add("INDEX_BLANKS", message, row, field)
        return read

    def _lanes(self, row: Row) -> tuple[int | None, ...]:
        text = first_value(row.cells, self._lane)
        if not text:
            return (None,)
        lanes = self._known_lanes.get(text)
        if lanes is None:
            lanes = self._known_lanes[text] = lane_numbers(text)
        if lanes:
            return lanes
        message = f"The lane {quoted(text)} is not a number; the sample was read without a lane"
        turned = turned_by_spreadsheet(text)
        message += f"; it looks like {turned}" if turned else ""
        self._add("INVALID_LANE", message, row, "lane")
        return (None,)

    def _has_failed(self, row: Row) -> bool:
        text = first_value(row.cells, self._failed).lower()
        if text not in _FAILED and text not in _NEGATIVE:
            message = f"The Failed column holds {quoted(text)}; the sample counts as not failed"
            self._add("UNKNOWN_FAILED_VALUE", message, row, "failed")
        return text in _FAILED

    def _kit(self, cells: Sequence[str]) -> str | None:
        panel = first_value(cells, self._panel)
        if not panel:
            return None
        version = first_value(cells, self._panel_version).lower().removeprefix("v")
        if not version or panel.lower().endswith((f"v{version}", f"_{version}")):
            return panel
        return f"{panel}_v{version}"

    def _kept(self, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((self._table.columns[at], first_value(cells, (at,))) for at in self._extra)

    def _add(self, code: str, message: str, row: Row, field: str) -> None:
        if not self._is_enough(code):
            column = self._table.columns[self._table.places[field][0]]
            self._problems.append(found(code, message, row.line, column))
