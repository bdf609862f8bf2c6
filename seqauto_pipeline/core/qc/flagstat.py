"""samtools flagstat, in its text forms since 0.1 and as the TSV and JSON of 1.13 and later.

Source: samtools' bam_stat.c and manual page samtools-flagstat(1). sambamba writes the same text.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.text import text_lines
from seqauto_pipeline.core.qc.values import (
    JsonObject,
    JsonValue,
    Loaded,
    error,
    further,
    listed,
    loaded,
    shown,
    warning,
)

_KEYS = {
    "in total": "total",
    "total": "total",
    "primary": "primary",
    "secondary": "secondary",
    "supplementary": "supplementary",
    "duplicates": "duplicates",
    "primary duplicates": "primary_duplicates",
    "mapped": "mapped",
    "primary mapped": "primary_mapped",
    "paired in sequencing": "paired",
    "read1": "read1",
    "read2": "read2",
    "properly paired": "properly_paired",
    "with itself and mate mapped": "with_mate_mapped",
    "singletons": "singletons",
    "with mate mapped to a different chr": "mate_on_other_chromosome",
    "with mate mapped to a different chr (mapq>=5)": "mate_on_other_chromosome_mapq5",
    "qc failure": "qc_failure",
}
_REQUIRED = ("total", "mapped", "read1", "read2", "properly_paired")
# Every version writes these too; 0.1 has `qc failure` where later ones have a second count.
_USUAL = ("duplicates", "paired", "with_mate_mapped", "singletons", "mate_on_other_chromosome")
_TEXT = re.compile(r"(\d{1,18})(?: \+ (\d{1,18}))? ([^\d\s+].*)", re.ASCII)
_TSV = re.compile(r"(\d{1,18}|\S+%|N/A)\t(\d{1,18}|\S+%|N/A)\t(.*)", re.ASCII)
_REWRITE = "Run samtools flagstat on the BAM file again."


@dataclass(frozen=True, slots=True)
class _Count:
    line: int | None
    label: str
    passed: int
    failed: int | None  # None in the form of samtools before 0.1.8, whose counts have both


def read_flagstat(data: bytes) -> Loaded:
    """Read the counts of reads that passed the vendor's QC, and under ``qc_failed`` the others.

    ``qc_failed`` is None where samtools did not yet tell them apart; the counts are then of both.
    """
    lines = text_lines(data)
    if isinstance(lines, Problem):
        return Loaded(None, (lines,))
    is_json = next((line for line in lines if line.strip()), "").lstrip().startswith("{")
    counts, problems = _from_json(data) if is_json else _from_text(lines)
    if not counts and problems:
        return Loaded(None, tuple(problems))
    content, found = _content(counts)
    return loaded(content, problems + found)


def _from_text(lines: list[str]) -> tuple[list[_Count], list[Problem]]:
    counts = []
    unknown = []
    for number, line in enumerate(lines, start=1):
        count = _parse_line(number, line.strip())
        if count:
            counts.append(count)
        elif line.strip() and not _is_percentage(line):
            unknown.append((number, line))
    if not counts or not unknown:
        return counts, []
    number, line = unknown[0]
    problem = warning(
        "FLAGSTAT_UNKNOWN_LINE",
        f"Found {shown(line.strip())} among the counts, expected only samtools flagstat's",
        "Read the line: samtools may have complained about the BAM file.",
        number,
    )
    return counts, [problem]


def _parse_line(number: int, line: str) -> _Count | None:
    text = _TEXT.fullmatch(line)
    if text:
        return _Count(number, text[3], int(text[1]), int(text[2]) if text[2] else None)
    tsv = _TSV.fullmatch(line)
    if tsv and tsv[1].isdecimal() and tsv[2].isdecimal():
        return _Count(number, tsv[3], int(tsv[1]), int(tsv[2]))
    return None


def _is_percentage(line: str) -> bool:
    """Tell a line such as ``99.81%<TAB>N/A<TAB>mapped %`` of the TSV form."""
    return _TSV.fullmatch(line.strip()) is not None


def _from_json(data: bytes) -> tuple[list[_Count], list[Problem]]:
    try:
        report = json.loads(data.decode("utf-8-sig"))
        passed, failed = report["QC-passed reads"], report["QC-failed reads"]
        labels = [label for label in passed if not label.endswith("%")]
        counts = [_Count(None, label, passed[label], failed[label]) for label in labels]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return [], [_bad_json()]
    if all(_is_count(count.passed) and _is_count(count.failed) for count in counts):
        return counts, []
    return [], [_bad_json()]


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 10**18


def _bad_json() -> Problem:
    message = "Found JSON that is not that of samtools flagstat -O json"
    return error("FLAGSTAT_BAD_JSON", message, _REWRITE)


def _content(counts: Iterable[_Count]) -> tuple[JsonObject, list[Problem]]:
    by_key: dict[str, _Count] = {}
    repeated = []
    for count in counts:
        key = _key(count.label)
        if key in by_key:
            repeated.append(count)
        elif key is not None:
            by_key[key] = count
    return _by_verdict(by_key), _check_repeated(repeated) + _check_complete(by_key)


def _check_repeated(repeated: list[_Count]) -> list[Problem]:
    if not repeated:
        return []
    message = (
        f"{shown(repeated[0].label)} is counted twice, expected one report in the file"
        f"{further(len(repeated))}"
    )
    return [error("FLAGSTAT_DUPLICATE_LINE", message, _REWRITE, repeated[0].line)]


def _key(label: str) -> str | None:
    """Give None for a count of a newer samtools."""
    plain = label.strip().lower().replace("mapq >= 5", "mapq>=5")  # as the JSON writes it
    return _KEYS.get(plain) or _KEYS.get(plain.partition(" (")[0])


def _by_verdict(by_key: Mapping[str, _Count]) -> JsonObject:
    content: JsonObject = {key: count.passed for key, count in by_key.items()}
    failed: dict[str, JsonValue] = {
        key: count.failed for key, count in by_key.items() if count.failed is not None
    }
    return {**content, "qc_failed": failed or None}


def _check_complete(by_key: Mapping[str, _Count]) -> list[Problem]:
    absent = [key for key in _REQUIRED if key not in by_key]
    if absent:
        message = f"There is no count of {listed(absent)}, expected the text of samtools flagstat"
        return [error("FLAGSTAT_INCOMPLETE", message, _REWRITE)]
    missing = [key for key in _USUAL if key not in by_key]
    if missing:
        message = f"There is no count of {listed(missing)}, which every samtools writes"
        fix = f"The file may have been cut short. {_REWRITE}"
        return [warning("FLAGSTAT_CUT_SHORT", message, fix)]
    return []
