"""The values of an exec summary: ``<sample>_stats.tsv``, a table of names and values."""

from collections.abc import Mapping
from typing import NamedTuple

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.flawless_summary import read_flawless
from seqauto_pipeline.core.qc.summary_figures import (
    ABSENT,
    INTEGER,
    NUMERIC,
    PERCENT,
    REQUIRED,
    SAMPLE,
    TEXT,
)
from seqauto_pipeline.core.qc.text import text_lines
from seqauto_pipeline.core.qc.values import (
    JsonValue,
    Loaded,
    NotANumber,
    error,
    further,
    listed,
    loaded,
    parse_number,
    shown,
    warning,
    whole,
)

_REWRITE = "Write the summary again with the QC pipeline."


class _Entry(NamedTuple):
    line: int
    text: str


def read_exec_summary(stats: bytes, *, sample_name: str) -> Loaded:
    """Read ``Name<TAB>Value`` lines into ``{"values": {name: number, text or None}}``.

    Names are the file's own, ``Sample`` among them. ``NotAvail`` is None; figures that VariantGrid
    counts in whole numbers are int though written 42.00. The sample has to be ``sample_name``.
    """
    lines = text_lines(stats)
    if isinstance(lines, Problem):
        return Loaded(None, (lines,))
    return read_flawless(lines, sample_name) or _read_any(lines, sample_name)


def _read_any(lines: list[str], sample_name: str) -> Loaded:
    numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    broken = _check_header(numbered)
    if broken is not None:
        return Loaded(None, (broken,))
    entries, problems = _entries(numbered[1:])
    problems += _check_sample(entries, sample_name)
    values: dict[str, JsonValue] = {}
    for name, entry in entries.items():
        values[name], found = _value(name, entry)
        problems += found
    return loaded({"values": values}, problems + _check_required(values, entries))


def _check_header(numbered: list[tuple[int, str]]) -> Problem | None:
    if not numbered:
        return error("EXEC_SUMMARY_EMPTY", "The file is empty, expected a table", _REWRITE)
    number, line = numbered[0]
    if [cell.strip().lower() for cell in line.rstrip().split("\t")] != ["name", "value"]:
        return error(
            "EXEC_SUMMARY_NO_HEADER",
            f"The first line is {shown(line)}, expected the header Name<TAB>Value",
            _REWRITE,
            number,
        )
    if len(numbered) == 1:
        return error("EXEC_SUMMARY_EMPTY", "The table has a header and no values", _REWRITE, number)
    return None


def _entries(numbered: list[tuple[int, str]]) -> tuple[dict[str, _Entry], list[Problem]]:
    entries: dict[str, _Entry] = {}
    ragged: list[tuple[int, str]] = []
    problems: list[Problem] = []
    repeated = set[str]()
    for number, line in numbered:
        name, tab, text = line.partition("\t")
        name, text = name.strip(" "), text.strip(" ").rstrip("\t ")
        if not name or not tab or "\t" in text:
            ragged.append((number, line))
        elif name not in entries:
            entries[name] = _Entry(number, text)
        elif name not in repeated:
            repeated.add(name)
            problems.append(_duplicate(name, entries[name], _Entry(number, text)))
    return entries, problems + _ragged(ragged)


def _ragged(ragged: list[tuple[int, str]]) -> list[Problem]:
    if not ragged:
        return []
    number, line = ragged[0]
    return [
        error(
            "EXEC_SUMMARY_RAGGED_LINE",
            f"Found {shown(line)}, expected a name, a tab and one value{further(len(ragged))}",
            f"The file may have been cut short. {_REWRITE}",
            number,
        )
    ]


def _duplicate(name: str, first: _Entry, second: _Entry) -> Problem:
    same = first.text == second.text
    report = warning if same else error
    return report(
        "EXEC_SUMMARY_DUPLICATE_NAME",
        f"{shown(name)} is given twice, on line {first.line} as {shown(first.text)} "
        f"and on line {second.line} as {shown(second.text)}",
        "Remove one of the lines." if same else f"Only one can be right. {_REWRITE}",
        second.line,
    )


def _check_sample(entries: Mapping[str, _Entry], sample_name: str) -> list[Problem]:
    found = [entry for name, entry in entries.items() if name.lower() == SAMPLE]
    if not found:
        message = f"No line names the sample, expected Sample<TAB>{shown(sample_name)}"
        return [error("EXEC_SUMMARY_NO_SAMPLE", message, _REWRITE)]
    return [
        error(
            "EXEC_SUMMARY_OTHER_SAMPLE",
            f"The values are of sample {shown(entry.text)}, "
            f"the file is that of sample {shown(sample_name)}",
            "Find out which of the two is right: the file may have been copied or renamed. "
            "Then put the right file in place.",
            entry.line,
        )
        for entry in found
        if entry.text != sample_name
    ]


def _value(name: str, entry: _Entry) -> tuple[JsonValue, list[Problem]]:
    known = name.lower()
    if known in TEXT:
        is_null = known != SAMPLE and entry.text.lower() in ABSENT
        return (None if is_null else entry.text), []
    number = parse_number(entry.text)
    if not isinstance(number, NotANumber):
        is_whole = known in INTEGER or entry.text.lstrip("+-").isdecimal()
        value = whole(number) if is_whole else number
        return value, _check_range(name, known, value, entry)
    if not number.finite:
        return None, [_not_finite(name, entry)]
    if known not in NUMERIC:
        return (None if entry.text.lower() in ABSENT else entry.text), []
    return None, [] if number.absent else [_not_a_number(name, entry)]


def _not_a_number(name: str, entry: _Entry) -> Problem:
    return error(
        "EXEC_SUMMARY_NOT_A_NUMBER",
        f"{name} is {shown(entry.text)}, expected a number or NotAvail",
        _REWRITE,
        entry.line,
    )


def _not_finite(name: str, entry: _Entry) -> Problem:
    return warning(
        "EXEC_SUMMARY_NOT_FINITE",
        f"{shown(name)} is {shown(entry.text)}, expected a finite number; it is kept as null",
        "Nothing, if the sample has no reads; else look into the step that computed it.",
        entry.line,
    )


def _check_range(name: str, known: str, value: float, entry: _Entry) -> list[Problem]:
    expected = None
    if known in PERCENT and not 0 <= value <= 100:
        expected = "a percentage from 0 to 100"
    elif known in INTEGER and (value < 0 or isinstance(value, float)):
        expected = "a whole number, 0 or more"
    if expected is None:
        return []
    return [
        warning(
            "EXEC_SUMMARY_OUT_OF_RANGE",
            f"{name} is {shown(entry.text)}, expected {expected}; it is kept as it is",
            "Look into the step that computed it.",
            entry.line,
        )
    ]


def _check_required(
    values: Mapping[str, JsonValue], entries: Mapping[str, _Entry]
) -> list[Problem]:
    by_known_name = {name.lower(): name for name in entries}
    problems = []
    absent = [name for name in REQUIRED if name.lower() not in by_known_name]
    if absent:
        problems.append(
            warning(
                "EXEC_SUMMARY_MISSING_FIGURE",
                f"The file has no line for {listed(absent)}, which VariantGrid requires",
                f"VariantGrid will refuse this summary. {_REWRITE}",
            )
        )
    present = [by_known_name[name.lower()] for name in REQUIRED if name not in absent]
    null = [name for name in present if values[name] is None]
    if null:
        problems.append(
            warning(
                "EXEC_SUMMARY_NOT_AVAILABLE",
                f"There is no figure for {listed(null)}, which VariantGrid requires",
                "VariantGrid will refuse this summary. Nothing, if the sample failed; "
                "else run its QC again.",
                min(entries[name].line for name in null),
            )
        )
    return problems
