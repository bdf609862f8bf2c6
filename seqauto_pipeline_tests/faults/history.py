"""What a home that scans again and again has to say, from what fresh scans said each time.

A fresh home knows the disk as it is, and nothing of what was on it. What it has not seen it cannot
miss; so a home that has may differ from it in what `History` works out, and in nothing else.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Connection, create_engine, text

from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.layout import Expect
from seqauto_pipeline.core.verdict.lost_files import FILES_DELETED
from seqauto_pipeline.core.verdict.sheet_messages import sheet_change_key
from seqauto_pipeline.layouts import load_layout

OPTIONAL = frozenset(
    each.name for each in load_layout("tau").file_types if each.expect is Expect.IF_PRESENT
)
Row = tuple[str, ...]
FilePlace = tuple[str, str, str, str]  # run, file type, sample, path

_RUNS = "SELECT path, data_state FROM sequencing_run"
_FILES = """
SELECT run.path, file.file_type, coalesce(file.sample_name, ''), file.path, file.data_state,
    coalesce(file.last_seen_scan_id, '')
FROM expected_file AS file JOIN sequencing_run AS run ON run.id = file.sequencing_run_id
WHERE NOT file.retired
"""
_MESSAGES = """
SELECT coalesce(run.path, ''), message.key
FROM message LEFT JOIN sequencing_run AS run ON run.id = message.sequencing_run_id
WHERE message.closed_at IS NULL
"""
_SHEETS = """
SELECT run.path, sheet.md5
FROM sample_sheet AS sheet JOIN sequencing_run AS run ON run.id = sheet.sequencing_run_id
WHERE sheet.is_current
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What one home says of the disk."""

    runs: Counter[Row]  # path and state
    files: Counter[Row]  # place and state
    messages: Counter[Row]  # that are open: run and key
    sheets: frozenset[Row]  # run and hash
    lost: frozenset[Row]  # run, file type and last sight of each deleted file

    @property
    def rows(self) -> Counter[Row]:
        """Tell runs, files and messages from each other by their first word."""
        kinds = (("run", self.runs), ("file", self.files), ("message", self.messages))
        return Counter({(kind, *row): n for kind, rows in kinds for row, n in rows.items()})


def told_by(home: Path) -> Told:
    engine = create_engine(f"sqlite:///{home / 'seqauto.db'}")
    try:
        with engine.connect() as connection:
            files = tuple(_rows(connection, _FILES))
            return Told(
                Counter(_rows(connection, _RUNS)),
                Counter(row[:5] for row in files),
                Counter(_rows(connection, _MESSAGES)),
                frozenset(_rows(connection, _SHEETS)),
                frozenset((row[0], row[1], row[5]) for row in files if row[4] == DataState.DELETED),
            )
    finally:
        engine.dispose()


def _rows(connection: Connection, query: str) -> Iterator[Row]:
    return (tuple(map(str, row)) for row in connection.execute(text(query)))


class History:
    """What was on the disk at each scan until now."""

    def __init__(self) -> None:
        self._seen: set[FilePlace] = set()
        self._sheets: dict[str, list[str]] = {}  # of a run: those whose changes are not undone

    def add(self, fresh: Told) -> None:
        """Take in what a fresh home says of the disk at the next scan."""
        for *place, state in fresh.files:
            if state != DataState.NON_EXISTENT:
                self._seen.add(_place(place))
        for run, sheet in fresh.sheets:
            sheets = self._sheets.setdefault(run, [])
            if sheet in sheets:
                del sheets[sheets.index(sheet) :]
            sheets.append(sheet)

    def differences(self, stored: Told, fresh: Told) -> tuple[str, ...]:
        """List what a home says that it should not, and what it should say and does not."""
        due = Told(
            fresh.runs,
            Counter(self._files(fresh)),
            fresh.messages + Counter(self._messages(stored)),
            fresh.sheets,
            stored.lost,
        ).rows
        return (
            *(f"said, and not so: {' | '.join(row)}" for row in sorted(stored.rows - due)),
            *(f"so, and not said: {' | '.join(row)}" for row in sorted(due - stored.rows)),
        )

    def _files(self, fresh: Told) -> Iterator[Row]:
        """Files as a fresh home has them, but deleted where they were seen.

        An optional file that is gone stays deleted while its sample is in the sheet; a fresh home,
        which never saw it, does not expect it.
        """
        places = {_place(row) for row in fresh.files}
        samples = {(run, sample) for run, _, sample, _ in places}
        for *place, state in fresh.files.elements():
            is_gone = state == DataState.NON_EXISTENT and _place(place) in self._seen
            yield (*place, DataState.DELETED.value if is_gone else state)
        for run, kind, sample, path in self._seen - places:
            if kind in OPTIONAL and (run, sample) in samples:
                yield run, kind, sample, path, DataState.DELETED.value

    def _messages(self, stored: Told) -> Iterator[Row]:
        """Changes of sheets that were not undone, and files that were seen and are gone."""
        for run, sheets in self._sheets.items():
            yield from ((run, sheet_change_key(*each)) for each in pairwise(sheets))
        for run, kind, scan in stored.lost:
            if kind not in OPTIONAL:
                yield run, f"{FILES_DELETED}:{kind}:{scan}"


def _place(row: Iterable[str]) -> FilePlace:
    run, kind, sample, path, *_ = row
    return run, kind, sample, path
