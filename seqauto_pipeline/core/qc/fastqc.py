"""FastQC's ``fastqc_data.txt``: one section a module, of which the first has the basic figures.

Falco writes the same file. FastQC before 0.11 has ``Filtered Sequences`` and no poor quality count.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.text import text_lines
from seqauto_pipeline.core.qc.values import (
    JsonObject,
    Loaded,
    error,
    loaded,
    parse_number,
    shown,
    warning,
    whole,
)

_BASIC = "Basic Statistics"
_END = ">>END_MODULE"
_STATUS = frozenset({"pass", "warn", "fail"})
_REWRITE = "Run FastQC on the FASTQ file again."


@dataclass(frozen=True, slots=True)
class _Measure:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _Report:
    version: str | None
    modules: Mapping[str, str]  # name: pass, warn or fail
    measures: Mapping[str, _Measure]  # of Basic Statistics


def read_fastqc(data: bytes) -> Loaded:
    """Read the basic statistics and each module's verdict: pass, warn or fail."""
    lines = text_lines(data)
    if isinstance(lines, Problem):
        return Loaded(None, (lines,))
    report, problems = _report(lines)
    if _BASIC not in report.modules and not problems:
        problems = [_no_statistics(lines)]
    if problems:
        return Loaded(None, tuple(problems))
    content: JsonObject = {"version": report.version}
    for key, measure, is_required in (
        ("total_sequences", "Total Sequences", True),
        ("poor_quality", "Sequences flagged as poor quality", False),
        ("gc", "%GC", True),
    ):
        content[key], found = _number(report.measures, measure, is_required=is_required)
        problems += found
    length, found = _length(report.measures)
    content |= length
    content["modules"] = dict(report.modules)
    return loaded(content, problems + found)


def _report(lines: list[str]) -> tuple[_Report, list[Problem]]:
    version = None
    modules: dict[str, str] = {}
    measures: dict[str, _Measure] = {}
    module = None
    for number, line in enumerate(lines, start=1):
        if line.startswith(">>"):
            if line.rstrip() == _END:
                module = None
                continue
            name, _, status = (part.strip() for part in line[2:].partition("\t"))
            problem = _check_module(module, name, status, modules, number)
            if problem:
                return _Report(version, modules, measures), [problem]
            module, modules[name] = name, status
        elif line.startswith("##"):
            version = line.partition("\t")[2].strip() or None
        elif module == _BASIC and not line.startswith("#"):
            name, _, text = (part.strip() for part in line.partition("\t"))
            measures[name] = _Measure(number, text)
    problems = [_cut_short(module, len(lines))] if module else []
    return _Report(version, modules, measures), problems


def _check_module(
    open_module: str | None, name: str, status: str, modules: Mapping[str, str], number: int
) -> Problem | None:
    if open_module is not None:
        return _cut_short(open_module, number)
    if name in modules:
        message = f"Module {shown(name)} begins a second time, expected one report in the file"
        return error("FASTQC_DUPLICATE_MODULE", message, _REWRITE, number)
    if not name or status not in _STATUS:
        return error(
            "FASTQC_BAD_MODULE",
            f"Found module {shown(name)} with verdict {shown(status)}, "
            "expected a name, a tab and pass, warn or fail",
            _REWRITE,
            number,
        )
    return None


def _cut_short(module: str, number: int) -> Problem:
    message = f"Module {shown(module)} has no end before this line, expected {_END}"
    fix = f"The file may have been cut short. {_REWRITE}"
    return error("FASTQC_CUT_SHORT", message, fix, number)


def _no_statistics(lines: list[str]) -> Problem:
    first = next((line for line in lines if line.strip()), "")
    found = f"the file begins with {shown(first)}" if first else "the file is empty"
    message = f"There is no module {_BASIC}: {found}, expected the text of FastQC"
    return error("FASTQC_NO_STATISTICS", message, _REWRITE)


def _number(
    measures: Mapping[str, _Measure], name: str, *, is_required: bool
) -> tuple[int | float | None, list[Problem]]:
    if name not in measures:
        message = f"{_BASIC} has no line {name}"
        return None, [error("FASTQC_NO_FIGURE", message, _REWRITE)] if is_required else []
    measure = measures[name]
    number = parse_number(measure.text)
    if isinstance(number, float) and number >= 0:
        return whole(number), []
    if not isinstance(number, float) and not number.finite:  # %GC of an empty FASTQ file
        message = f"{name} is {shown(measure.text)}, expected a number; it is kept as null"
        return None, [warning("FASTQC_NOT_FINITE", message, _REWRITE, measure.line)]
    message = f"{name} is {shown(measure.text)}, expected a number, 0 or more"
    return None, [error("FASTQC_NOT_A_NUMBER", message, _REWRITE, measure.line)]


def _length(measures: Mapping[str, _Measure]) -> tuple[JsonObject, list[Problem]]:
    """Read ``151`` or ``35-151``, in bases."""
    measure = measures.get("Sequence length")
    if measure is None:
        message = f"{_BASIC} has no line Sequence length"
        return {}, [error("FASTQC_NO_FIGURE", message, _REWRITE)]
    shortest, _, longest = measure.text.partition("-")
    ends = (shortest, longest or shortest)
    if not all(end.isascii() and end.isdecimal() and len(end) < 10 for end in ends):
        message = f"Sequence length is {shown(measure.text)}, expected 151 or 35-151"
        return {}, [error("FASTQC_NOT_A_NUMBER", message, _REWRITE, measure.line)]
    content: JsonObject = {
        "sequence_length": measure.text,
        "shortest": int(ends[0]),
        "longest": int(ends[1]),
    }
    return content, []
