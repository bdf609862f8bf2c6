"""What happened to a sequencing run, scan by scan, and what people said of it: the newest first."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.views.annotations import annotation_words
from seqauto_pipeline.views.last_changes import files_change_words, run_change_words
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.whole_runs import WholeRun

_MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """What one scan changed, or one person said."""

    when: str
    who: str
    lines: tuple[str, ...]


def timeline(models: OpenModels, whole: WholeRun) -> tuple[Entry, ...]:
    """Give the newest entries of the history of a run."""
    entries = sorted((*_scans(whole), *_people(models, whole)), key=lambda each: each[0])
    return tuple(
        Entry(models.local(when), who, lines)
        for when, who, lines in entries[: -_MOST_ENTRIES - 1 : -1]
    )


_Dated = tuple[dt.datetime, str, tuple[str, ...]]


def _scans(whole: WholeRun) -> Iterator[_Dated]:
    lines: dict[int, list[str]] = defaultdict(list)
    for change in whole.run_changes:
        lines[change.scan_id].append(run_change_words(change))
    for sheet in whole.sheets:
        lines[sheet.first_scan_id].append(f"Sample sheet: version {sheet.version} seen.")
    for files in whole.file_changes:
        lines[files.scan_id].append(files_change_words(files))
    for scan_id, line in _message_lines(whole):
        lines[scan_id].append(line)
    for scan_id, told in lines.items():
        when = whole.times.time(scan_id)
        if when is not None:
            yield when, f"Scan {scan_id}", tuple(told)


def _message_lines(whole: WholeRun) -> Iterator[tuple[int, str]]:
    opened = Counter(message.opened_scan_id for message in whole.messages)
    closed = Counter(
        message.closed_scan_id for message in whole.messages if message.closed_scan_id is not None
    )
    for scan_id, number in opened.items():
        yield scan_id, f"{counted(number, 'problem')} found."
    for scan_id, number in closed.items():
        yield scan_id, f"{counted(number, 'problem')} solved."


def _people(models: OpenModels, whole: WholeRun) -> Iterator[_Dated]:
    for said in whole.annotations:
        yield said.at, shown(said.who), (f"{annotation_words(models, said)}.",)
