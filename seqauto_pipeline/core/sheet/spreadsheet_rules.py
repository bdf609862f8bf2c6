"""The rules for values that a spreadsheet has turned into something else."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from seqauto_pipeline.core.display import quoted, shown
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.judged_sheet import JudgedSheet
from seqauto_pipeline.core.sheet.sample_sheet import SampleSheet, SheetSample
from seqauto_pipeline.core.sheet.spreadsheets import is_at_risk, turned_by_spreadsheet
from seqauto_pipeline.core.sheet.words import word

_VERSION = re.compile(r"(?:0|[1-9]\d?)(?:\.(?:0|[1-9]\d{0,2})){1,3}", re.ASCII)  # 4.2.7


def spreadsheet_values(sheet: JudgedSheet) -> Iterator[Problem]:
    """Find such values among the ids, names, projects and indexes."""
    fields: tuple[tuple[str, Callable[[SheetSample], str | None]], ...] = (
        ("sample_id", lambda sample: sample.sample_id),
        ("sample_name", lambda sample: sample.sample_name),
        ("sample_project", lambda sample: sample.sample_project),
        ("index", lambda sample: sample.index),
        ("index2", lambda sample: sample.index2),
    )
    for field, value_of in fields:
        column = sheet.column(field)
        seen: set[str] = set()
        for sample in sheet.samples if column else ():
            value = value_of(sample)
            if value is None or value in seen or not value:
                continue
            seen.add(value)
            problem = _problem(value, column or field, is_id=field == "sample_id")
            if problem is not None and not (field == "sample_name" and value == sample.sample_id):
                yield replace(problem, line=sample.line)


def turned_versions(sheet: SampleSheet) -> Iterator[Problem]:
    """Find a version of the software of which a spreadsheet has made a date."""
    for row in sheet.setting_rows:
        if word(row.name) != "softwareversion" or _VERSION.fullmatch(row.value):
            continue
        problem = _problem(row.value, row.name, is_id=False)
        if problem is not None:
            yield replace(problem, line=row.line, column=None)


def _problem(value: str, column: str, *, is_id: bool) -> Problem | None:
    kind = turned_by_spreadsheet(value)
    if kind is not None:
        message = f"{_named(column, value)} looks like {kind}"
        return found("SPREADSHEET_VALUE", message, column=column)
    if is_id and is_at_risk(value):
        message = f"{_named(column, value)} is a value that spreadsheets turn into a date"
        return replace(found("SPREADSHEET_VALUE", message, column=column), severity=Severity.INFO)
    return None


def _named(column: str, value: str) -> str:
    return f"{shown(column, 60)} {quoted(value)}"
