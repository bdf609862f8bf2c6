"""What a step found, as the web UI shows it and as programs read it back.

The web UI shows words: names with blanks, "missing" for ``non_existent``. It shows only the columns
of a table's schema, so the value that a program needs stands in the same row, in a cell that the
schema does not have. What was stored before there were words is read as it stands.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import dagster as dg

from seqauto_pipeline.orchestration.times import from_timestamp
from seqauto_pipeline.views.last_changes import ledger_state_words
from seqauto_pipeline.views.words import file_state_words, run_state_words, type_words

Cell = str | int
StoredCell = str | int | float | bool | None
Row = Mapping[str, Cell]

_FOR_PROGRAMS = "for programs: "  # begins the name of such a cell
_MOMENTS = ("as_of",)  # figures that are times, ISO 8601
_NEW = "new"  # the state before that of a record which there was not
_FILES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "file_type": type_words,
        "state": file_state_words,
        **dict.fromkeys(("new_state", "old", "new"), ledger_state_words),
    }
)
_WORDS: Mapping[str, Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {
        "runs": {"state": run_state_words},
        **dict.fromkeys(("files", "changes", "changed_files"), _FILES),
    }
)


def key_words(key: str) -> str:
    """Write the name of a figure, a table or a column for people."""
    return key.replace("_", " ")


def key_of(words: str) -> str:
    """Give the name that programs know."""
    return words.replace(" ", "_")


def stored_figure(key: str, value: float | str) -> dg.MetadataValue:
    """Write a figure that programs know by a key; a moment is shown in the zone of who looks."""
    if key in _MOMENTS and isinstance(value, str):
        return dg.MetadataValue.timestamp(dt.datetime.fromisoformat(value))
    if isinstance(value, int):
        return dg.MetadataValue.int(value)
    return (
        dg.MetadataValue.float(value) if isinstance(value, float) else dg.MetadataValue.text(value)
    )


def figure_for_programs(value: dg.MetadataValue) -> str | int | float | None:
    """Read a stored figure, a moment as ISO 8601 in UTC. None where it is none."""
    if isinstance(value, dg.TimestampMetadataValue):
        return from_timestamp(value.value).isoformat()
    if isinstance(value, dg.IntMetadataValue | dg.FloatMetadataValue | dg.TextMetadataValue):
        return value.value
    return None


def stored_table(name: str, rows: Sequence[Row]) -> dg.TableMetadataValue:
    """Write the table that programs know by a name."""
    columns = dict.fromkeys(column for row in rows for column in row)
    worded = {column: say for column, say in _WORDS.get(name, {}).items() if column in columns}
    schema = dg.TableSchema(
        [
            dg.TableColumn(key_words(each), _column_type(row[each] for row in rows if each in row))
            for each in columns
        ]
    )
    return dg.MetadataValue.table([dg.TableRecord(_stored(row, worded)) for row in rows], schema)


def rows_for_programs(table: dg.TableMetadataValue) -> tuple[Mapping[str, StoredCell], ...]:
    """Read a stored table, its columns in our order: Dagster sorts the cells of a row."""
    return tuple(dict(_cells(row.data, table.schema)) for row in table.records)


def _stored(row: Row, worded: Mapping[str, Callable[[str], str]]) -> dict[str, StoredCell]:
    shown = {
        key_words(key): worded[key](str(value or _NEW)) if key in worded else value
        for key, value in row.items()
    }
    return {**shown, **{_FOR_PROGRAMS + key: row[key] for key in worded if key in row}}


def _cells(
    data: Mapping[str, StoredCell], schema: dg.TableSchema
) -> Iterator[tuple[str, StoredCell]]:
    for column in schema.columns:
        if column.name in data:
            key = key_of(column.name)
            yield key, data.get(_FOR_PROGRAMS + key, data[column.name])


def _column_type(cells: Iterator[Cell]) -> str:
    return "int" if all(isinstance(cell, int) for cell in cells) else "string"
