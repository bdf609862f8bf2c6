"""Insert many rows at once, by the shortest way that each database has."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Boolean, Column, Connection, Table

Row: TypeAlias = Mapping[str, Any]
_ESCAPES = (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"))


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, at least one, that name the same columns: by COPY on PostgreSQL.

    SQLAlchemy's own way looks at every value, for what may stand in place of a statement's part;
    that takes as long as SQLite itself.
    """
    names = tuple(rows[0])
    insert_values(connection, table, names, _values(connection, table, names, rows))


def insert_values(
    connection: Connection, table: Table, names: Sequence[str], values: Iterable[tuple[Any, ...]]
) -> None:
    """Insert rows by the values of some columns, each as the driver takes it."""
    quote = connection.dialect.identifier_preparer
    into = f"{quote.format_table(table)} ({', '.join(map(quote.quote, names))})"
    if connection.dialect.name == "postgresql":
        _copy(connection, into, values)
    else:
        placeholders = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({placeholders})", list(values))  # noqa: S608


def driver_value(connection: Connection, column: Column[Any], value: object) -> Any:
    """Give a value of a column as the driver takes it."""
    dialect = connection.dialect
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return value if process is None else process(value)


def _values(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Row]
) -> Iterator[tuple[Any, ...]]:
    """Give each row's values in order, as the driver takes them."""
    dialect = connection.dialect
    types = (table.c[name].type for name in names)
    processors = [
        (at, process)
        for at, each in enumerate(types)
        if (process := each.dialect_impl(dialect).bind_processor(dialect)) is not None
        and not isinstance(each, Boolean)  # every driver takes a bool as it is
    ]
    for picked in map(itemgetter(*names), rows):
        if not processors:
            yield picked
            continue
        values = list(picked)
        for at, process in processors:
            values[at] = process(values[at])
        yield tuple(values)


def _copy(connection: Connection, into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    lines = io.StringIO("".join("\t".join(map(_copy_text, row)) + "\n" for row in rows))
    cursor: Any = connection.connection.cursor()
    cursor.copy_expert(f"COPY {into} FROM STDIN", lines)
    cursor.close()


def _copy_text(value: object) -> str:
    """Write one value in the text format of COPY."""
    if value is None:
        return r"\N"
    text = str(value)
    if isinstance(value, str):
        for char, escape in _ESCAPES:
            text = text.replace(char, escape)
    return text
