"""Rows that are inserted at once come back as they were, whatever stands in them."""

import json

from sqlalchemy import JSON, BigInteger, Boolean, Column, Engine, MetaData, String, Table, select

from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.verdict.file_contents import JsonText
from seqauto_pipeline.db.store.bulk import insert_rows, insert_values

ODD = [
    "",
    "\\N",
    "a\tb",
    "a\nb\r\\n",
    "\\.",
    "quote \" and '",
    "Ünïcödé 🧬",
    "'); DROP TABLE odd; --",
]


def test_values_come_back_as_they_were(engine: Engine):
    table = Table(
        "odd",
        MetaData(),
        Column("id", BigInteger, primary_key=True),
        Column("order", String),  # a word of SQL
        Column("is there", Boolean),
        Column("data", JSON(none_as_null=True)),
    )
    rows = [
        {"data": {text: [text, None, 1.5]}, "order": text, "is there": True, "id": 2**40 + number}
        for number, text in enumerate(ODD)
    ]
    rows.append({"data": None, "order": None, "is there": None, "id": 1})
    rows.append({"data": [], "order": DataState.NON_EXISTENT, "is there": False, "id": 2})

    written = {"id": 3, "order": "x", "is there": True, "data": {"a": 'quote " and \\ \t'}}

    with engine.begin() as connection:
        table.create(connection)
        insert_rows(connection, table, rows)
        as_text = {**written, "data": JsonText(json.dumps(written["data"]))}
        insert_values(connection, table, tuple(as_text), [tuple(as_text.values())])
        found = connection.execute(select(table)).mappings().all()

    assert sorted(map(dict, found), key=lambda row: row["id"]) == sorted(
        [*rows, written], key=lambda row: row["id"]
    )
