"""The text report of Illuminate: a sequencing run's figures, computed from InterOp.

Source: reports of Illuminate in public repositories. Its indexing table is pandas' print of a
series: a blank cell repeats the one above it, and dots stand for rows left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.problems import Problem
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

_TILE, _QUALITY, _INDEXING = "TILE METRICS", "QUALITY METRICS", "INDEXING METRICS"
_SECTIONS = (_TILE, _QUALITY, _INDEXING)
_TILE_KEYS = {
    "mean cluster density": "mean_cluster_density",
    "mean pf cluster density": "mean_pf_cluster_density",
    "mean pf clusters density": "mean_pf_cluster_density",
    "total clusters": "total_clusters",
    "total pf clusters": "total_pf_clusters",
    "percentage of clusters pf": "percentage_of_clusters_pf",
    "aligned to phix": "aligned_to_phix",
}
_READ = re.compile(r"Read (\d{1,3}):\s*(\S+)\s*(\(Index\))?", re.ASCII | re.IGNORECASE)
_REWRITE = "Make the report again, or compute the figures from the run's InterOp folder."


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


def read_illumina_qc(data: bytes) -> Loaded:
    """Read cluster density and counts, PhiX, percent >= Q30 per read and reads per index.

    A figure that the report does not give is None; a list is empty.
    """
    lines = text_lines(data)
    if isinstance(lines, Problem):
        return Loaded(None, (lines,))
    sections = _sections(lines)
    if not sections:
        return Loaded(None, (_no_section(lines),))
    tiles, problems = _tiles(sections.get(_TILE, []))
    reads, found = _reads(sections.get(_QUALITY, []))
    problems += found
    counts, found = _index_counts(sections.get(_INDEXING, []))
    problems += found
    absent = [
        name
        for name, content in zip(_SECTIONS, (any(tiles.values()), reads, counts), strict=True)
        if not content
    ]
    if absent:
        message = f"The report has no figures under {listed(absent)}"
        problems.append(warning("ILLUMINA_QC_NO_FIGURES", message, _REWRITE))
    return loaded({**tiles, "reads": reads, "index_counts": counts}, problems)


def _sections(lines: list[str]) -> dict[str, list[_Line]]:
    """Give each section's lines but for blank ones, rules and the tool's own notes."""
    sections: dict[str, list[_Line]] = {}
    section: list[_Line] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text.upper() in _SECTIONS:
            section = sections.setdefault(text.upper(), [])
        elif text.strip("-=") and not text.startswith("["):
            section.append(_Line(number, line))
    return sections


def _no_section(lines: list[str]) -> Problem:
    first = next((line for line in lines if line.strip()), "")
    found = f"the file begins with {shown(first)}" if first else "the file is empty"
    message = f"None of {listed(_SECTIONS)} is there: {found}, expected Illuminate's report"
    return error("ILLUMINA_QC_NO_SECTION", message, _REWRITE)


def _tiles(section: list[_Line]) -> tuple[dict[str, JsonValue], list[Problem]]:
    tiles: dict[str, JsonValue] = dict.fromkeys(_TILE_KEYS.values())
    problems: list[Problem] = []
    for line in section:
        name, _, text = (part.strip() for part in line.text.partition(":"))
        key = _TILE_KEYS.get(name.lower())
        if key is not None:
            tiles[key], found = _figure(name, text, line.number)
            problems += found
    return tiles, problems


def _figure(name: str, text: str, number: int) -> tuple[JsonValue, list[Problem]]:
    value = parse_number(text)
    if not isinstance(value, NotANumber):
        return whole(value), []
    if value.absent or not value.finite:
        return None, []
    message = f"{name} is {shown(text)}, expected a number"
    return None, [error("ILLUMINA_QC_NOT_A_NUMBER", message, _REWRITE, number)]


def _reads(section: list[_Line]) -> tuple[list[JsonValue], list[Problem]]:
    reads: dict[int, JsonValue] = {}
    problems: list[Problem] = []
    for line in section:
        match = _READ.fullmatch(line.text.strip())
        if match is None:
            continue
        percent, found = _figure(f"Read {match[1]}", match[2], line.number)
        problems += found
        read: dict[str, JsonValue] = {
            "number": int(match[1]),
            "is_index": match[3] is not None,
            "percent_q30": percent,
        }
        reads[int(match[1])] = read
    return list(reads.values()), problems


def _index_counts(section: list[_Line]) -> tuple[list[JsonValue], list[Problem]]:
    counts: list[JsonValue] = []
    previous: Mapping[str, str] = {}
    left_out: list[_Line] = []
    wrong: list[_Line] = []
    for line in section:
        if line.text.strip(". ") == "" or set(line.text.split()) == {"..."}:
            left_out.append(line)
        elif not line.text.startswith(("index_str", "Name:", "Length:", "dtype:")):
            names, reads = _index_row(line.text, previous)
            if reads is None:
                wrong.append(line)
                continue
            previous = names
            counts.append({**names, "reads": reads})
    return counts, [*_left_out(left_out), *_wrong_rows(wrong)]


def _index_row(text: str, previous: Mapping[str, str]) -> tuple[dict[str, str], int | float | None]:
    """Read ``index project name reads``; reads are None for any other line."""
    cells = text.split()
    if text[0].isspace() and previous:
        repeated = [previous["index"], previous["project"]]
        cells = repeated[: 4 - len(cells)] + cells if len(cells) < 4 else cells
    reads = parse_number(cells[-1])
    if len(cells) < 4 or not isinstance(reads, float) or reads < 0:
        return {}, None
    names = {"index": cells[0], "project": cells[1], "name": " ".join(cells[2:-1])}
    return names, whole(reads)


def _left_out(lines: list[_Line]) -> list[Problem]:
    if not lines:
        return []
    message = "Dots stand for rows of the index table: their counts are not in the report"
    return [warning("ILLUMINA_QC_ROWS_LEFT_OUT", message, _REWRITE, lines[0].number)]


def _wrong_rows(lines: list[_Line]) -> list[Problem]:
    if not lines:
        return []
    message = (
        f"Found {shown(lines[0].text)} under {_INDEXING}, "
        f"expected index, project, name and reads{further(len(lines))}"
    )
    return [error("ILLUMINA_QC_BAD_ROW", message, _REWRITE, lines[0].number)]
