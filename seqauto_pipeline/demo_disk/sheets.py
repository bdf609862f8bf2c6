"""Sample sheets in three families and the dialects that spreadsheets make of them."""

import csv
import io
from collections.abc import Iterable
from enum import StrEnum

from seqauto_pipeline.demo_disk.instruments import SheetFamily
from seqauto_pipeline.demo_disk.metadata import fill, read_template
from seqauto_pipeline.demo_disk.plan import DemoRow, DemoRun
from seqauto_pipeline.demo_disk.trouble import Trouble

_LEGACY_HEADER = (
    "FCID,Lane,SampleID,SampleRef,Index,Description,Control,Recipe,Operator,SampleProject"
)
_JPEG = bytes.fromhex("ffd8ffe000104a46494600010101004800480000ffdb0043000806060706050806")


class Dialect(StrEnum):
    PLAIN = "plain"
    CRLF = "crlf"
    BYTE_ORDER_MARK = "byte_order_mark"  # and CRLF, as Excel writes
    TRAILING_COMMAS = "trailing_commas"
    SEMICOLONS = "semicolons"
    QUOTED = "quoted"


_ROTA = (
    Dialect.PLAIN,
    Dialect.CRLF,
    Dialect.TRAILING_COMMAS,
    Dialect.BYTE_ORDER_MARK,
    Dialect.QUOTED,
    Dialect.PLAIN,
    Dialect.SEMICOLONS,
)


def dialect_of(run: DemoRun) -> Dialect:
    return _ROTA[run.position % len(_ROTA)]


def sheet_bytes(run: DemoRun) -> bytes:
    """Write the run's sample sheet in its family and dialect, with its trouble."""
    if run.trouble is Trouble.SHEET_IS_JPEG:
        return _JPEG + bytes(range(256)) * 8
    dialect = dialect_of(run)
    rows = [*_head(run), *_data(run, dialect)]
    if run.trouble is Trouble.RAGGED_ROW:
        rows[-1] = [*rows[-1], "see e-mail", "repeat"]
    if dialect is Dialect.TRAILING_COMMAS:
        width = max(map(len, rows))
        rows = [[*row, *[""] * (width - len(row))] for row in rows]
    encoding = "cp1252" if run.trouble is Trouble.WINDOWS_1252_SHEET else "utf-8"
    if dialect is Dialect.BYTE_ORDER_MARK and encoding == "utf-8":
        encoding = "utf-8-sig"
    return _csv(rows, dialect).encode(encoding)


def _csv(rows: Iterable[list[str]], dialect: Dialect) -> str:
    text = io.StringIO(newline="")
    has_crlf = dialect in (Dialect.CRLF, Dialect.BYTE_ORDER_MARK)
    writer = csv.writer(
        text,
        delimiter=";" if dialect is Dialect.SEMICOLONS else ",",
        lineterminator="\r\n" if has_crlf else "\n",
    )
    writer.writerows(rows)
    return text.getvalue()


def _head(run: DemoRun) -> list[list[str]]:
    if run.instrument.sheet is SheetFamily.LEGACY_FCID:
        return []
    is_foreign = run.trouble is Trouble.WINDOWS_1252_SHEET
    more = {"OPERATOR": "Jörg Müßig"} if is_foreign else {}
    text = fill(read_template(f"sheet_{run.instrument.sheet}.csv"), run, more)
    return list(csv.reader(io.StringIO(text)))


def _data(run: DemoRun, dialect: Dialect) -> list[list[str]]:
    match run.instrument.sheet:
        case SheetFamily.LEGACY_FCID:
            return _legacy(run)
        case SheetFamily.IEM_V1:
            return _iem(run, dialect)
        case SheetFamily.BCLCONVERT_V2:
            return _bclconvert(run)


def _legacy(run: DemoRun) -> list[list[str]]:
    rows = [
        [
            run.flowcell,
            _lane(row),
            row.sample_id,
            "hg38",
            row.index,
            "",
            "N",
            "R1",
            "demo",
            run.project,
        ]
        for row in run.rows
    ]
    return [_LEGACY_HEADER.split(","), *rows]


def _iem(run: DemoRun, dialect: Dialect) -> list[list[str]]:
    """Lanes, kits and the mark of failed samples have a column where the run has any."""
    description = "whole blood, EDTA" if dialect is Dialect.QUOTED else "whole blood"
    columns = [
        *([("Lane", _lane)] if run.instrument.has_lane_column else []),
        ("Sample_ID", lambda row: row.sample_id),
        ("Sample_Name", lambda row: row.sample_name),
        ("I7_Index_ID", lambda row: f"UDI{row.sample_number:04d}"),
        ("index", lambda row: row.index),
        *([("index2", lambda row: row.index2 or "")] if run.instrument.index_lengths[1:] else []),
        ("Sample_Project", lambda _: run.project),
        ("Description", lambda _: description),
        *([("Panel", lambda row: row.panel or "")] if run.rows[0].panel else []),
        *(
            [("Failed", lambda row: "TRUE" if row.failed else "")]
            if run.trouble is Trouble.CONTROL_AND_FAILED
            else []
        ),
    ]
    header = [name for name, _ in columns]
    return [header, *([cell(row) for _, cell in columns] for row in run.rows)]


def _bclconvert(run: DemoRun) -> list[list[str]]:
    rows = [
        [_lane(row), row.sample_id, row.index, row.index2 or "", run.project] for row in run.rows
    ]
    samples = dict.fromkeys(row.sample_id for row in run.rows)
    return [
        ["Lane", "Sample_ID", "Index", "Index2", "Sample_Project"],
        *rows,
        [],
        ["[Cloud_Data]"],
        ["Sample_ID", "ProjectName", "LibraryName"],
        *([sample, run.project, f"{sample}_lib"] for sample in samples),
    ]


def _lane(row: DemoRow) -> str:
    return "" if row.lane is None else str(row.lane)
