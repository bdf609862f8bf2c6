"""The rules for the names of samples and projects: what Illumina and file systems allow."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from seqauto_pipeline.core.display import quoted, shown
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.codes import found
from seqauto_pipeline.core.sheet.judged_sheet import JudgedSheet
from seqauto_pipeline.core.sheet.sample_sheet import SheetSample

_MAX_NAME_BYTES = 200  # of the 255 that file systems allow; the rest is for what is put around it

_ALLOWED = re.compile(rf"[A-Za-z0-9_-]{{1,{_MAX_NAME_BYTES}}}")
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_-]")
_UNSAFE = re.compile("[/\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_RESERVED = frozenset({"all", "default", "none", "undetermined", "unknown"})


def is_safe_name(text: str) -> bool:
    """Tell whether a name can be one component of a path on every file system that we scan."""
    if text in ("", ".", "..") or _UNSAFE.search(text):
        return False
    return len(text.encode("utf-8")) <= _MAX_NAME_BYTES


def name_problems(sheet: JudgedSheet) -> Iterator[Problem]:
    """Judge each id, name and project by its characters and its length."""
    fields: tuple[tuple[str, Callable[[SheetSample], str | None]], ...] = (
        ("sample_id", lambda sample: sample.sample_id),
        ("sample_name", lambda sample: sample.sample_name),
        ("sample_project", lambda sample: sample.sample_project),
    )
    for field, value_of in fields:
        column = sheet.column(field)
        if column is None:
            continue
        judged: dict[str, Problem | None] = {}
        for sample in sheet.samples:
            value = value_of(sample)
            if value is None or (field == "sample_name" and value == sample.sample_id):
                continue
            if value not in judged:
                judged[value] = _name_problem(value, column)
            problem = judged[value]
            if problem is not None and not _is_rest(sheet, sample, problem):
                yield replace(problem, line=sample.line)


def _is_rest(sheet: JudgedSheet, sample: SheetSample, problem: Problem) -> bool:
    """Tell CASAVA's row for the reads of no index, which may be called Undetermined."""
    return problem.code == "RESERVED_NAME" and sheet.takes_the_rest(sample)


def _name_problem(value: str, column: str) -> Problem | None:
    if _ALLOWED.fullmatch(value) and value.lower() not in _RESERVED:
        return None
    if not is_safe_name(value):
        message = f"{shown(column, 60)} {quoted(value)} cannot be part of a file name: "
        message += _why_unsafe(value)
        return found("UNSAFE_NAME", message, column=column)
    forbidden = sorted(set(_FORBIDDEN.findall(value)))
    if forbidden:
        listed = " ".join(map(quoted, forbidden[:8]))
        message = f"{shown(column, 60)} {quoted(value)} has the characters {listed}, "
        message += "expected letters, digits, - and _ only"
        return found("FORBIDDEN_CHARACTERS", message, column=column)
    message = f"{shown(column, 60)} {quoted(value)} is a word that demultiplexing uses for itself"
    return found("RESERVED_NAME", message, column=column)


def _why_unsafe(value: str) -> str:
    if value in (".", ".."):
        return "it stands for a directory"
    unsafe = _UNSAFE.search(value)
    if unsafe:
        return f"it has the character {quoted(unsafe.group())}"
    return f"it has {len(value.encode())} bytes, expected at most {_MAX_NAME_BYTES}"


def shared_names(sheet: JudgedSheet) -> Iterator[Problem]:
    """Find samples with different ids and one name."""
    owners: dict[str, SheetSample] = {}
    reported = set()
    for sample in sheet.samples:
        owner = owners.setdefault(sample.sample_name, sample)
        if owner.sample_id == sample.sample_id or sample.sample_name in reported:
            continue
        reported.add(sample.sample_name)
        message = f"The samples {quoted(owner.sample_id)} (line {owner.line}) and "
        message += f"{quoted(sample.sample_id)} have the same name {quoted(sample.sample_name)}"
        column = sheet.column("sample_name", "sample_id")
        yield found("SHARED_SAMPLE_NAME", message, sample.line, column)
