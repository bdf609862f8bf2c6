"""Sample sheets for the tests, written from their settings and rows, and what they are read as."""

from collections.abc import Sequence

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.sample_sheet import ParsedSheet, SampleSheet, SheetColumns

V1 = "[Header]\nIEMFileVersion,4\n[Reads]\n151\n151\n[Settings]\nAdapter,CTGTCTCTTATACACATCT\n"
DATA_COLUMNS = "Lane,Sample_ID,Sample_Name,index,index2,Sample_Project"
V2_COLUMNS = "Sample_ID,Index"
V2_ROWS = ("S1,ACGTACGT", "S2,TGCATGCA")


def sheet_of(text: str) -> SampleSheet:
    parsed = parse_sample_sheet(text.encode())
    assert parsed.sheet is not None, parsed.problems
    return parsed.sheet


def v1_sheet(
    *rows: str, columns: str = DATA_COLUMNS, settings: str = "", reads: str = ""
) -> SampleSheet:
    """A v1 sheet whose rows start on line 5 where neither settings nor reads have a line break."""
    reads = f"[Reads]\n{reads}\n" if reads else ""
    return sheet_of("\n".join([f"{reads}[Settings]", settings, "[Data]", columns, *rows]))


def v2_sheet(
    settings: str = "SoftwareVersion,4.2.7",
    *,
    rows: Sequence[str] = V2_ROWS,
    columns: str = V2_COLUMNS,
    reads: str = "",
) -> SampleSheet:
    """A v2 sheet; its first setting stands on line 5."""
    start = "[Header]\nFileFormatVersion,2\n\n[BCLConvert_Settings]\n"
    reads = f"[Reads]\n{reads}\n" if reads else ""
    return sheet_of(f"{start}{settings}\n{reads}[BCLConvert_Data]\n" + "\n".join([columns, *rows]))


def only(problems: Sequence[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def parse(text: str, columns: SheetColumns | None = None) -> ParsedSheet:
    return parse_sample_sheet(text.encode(), columns or SheetColumns())


def read(text: str, columns: SheetColumns | None = None) -> SampleSheet:
    sheet = parse(text, columns).sheet
    assert sheet is not None
    return sheet


def v1(*rows: str, columns: str = DATA_COLUMNS) -> str:
    return "\n".join([V1 + "[Data]", columns, *rows, ""])


def codes(parsed: ParsedSheet) -> list[str]:
    return [problem.code for problem in parsed.problems]


def rows(sheet: SampleSheet | None) -> list[tuple[str | None, ...]]:
    if sheet is None:
        return []
    return [
        (
            None if sample.lane is None else str(sample.lane),
            sample.sample_id,
            sample.sample_name,
            (sample.index or "").upper(),
            (sample.index2 or "").upper(),
            sample.sample_project or "",
        )
        for sample in sheet.samples
    ]
