"""What the shards of a scan hand to each other: files in the home, which all workers see.

They lie in a directory of the scan, beside its record, and go when the scan has ended; those of a
scan that died go with its Dagster run. Each is written under another name and gets its own when it
is whole.
"""

import datetime as dt
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from seqauto_pipeline.core.file_list import RootListing
from seqauto_pipeline.core.verdict.brake import HeldPart
from seqauto_pipeline.db.store.values import KnownRow
from seqauto_pipeline.disk.record.parts import IndexedRun, RecordedRun, ScanHeader
from seqauto_pipeline.disk.record.paths import record_path
from seqauto_pipeline.errors import ShardFileError
from seqauto_pipeline.scan.shards.cutting import Place
from seqauto_pipeline.scan.summaries import FilesSummary, SheetsSummary

_T = TypeVar("_T")


class RunToList(msgspec.Struct, frozen=True):
    """A run folder that was found and is not listed yet."""

    path: str
    skip_reason: str | None  # of the disk
    known: KnownRow | None
    cold: RecordedRun | None  # as the record that the scan builds on has it


class ShardToList(msgspec.Struct, frozen=True):
    """Run folders of one root that one process lists."""

    header: ScanHeader  # of the record that its part is put into
    root: str
    settings: str  # digest of those that decide what is listed
    basis: str | None  # the record that the scan builds on
    runs: list[RunToList]


class ListedShard(msgspec.Struct, frozen=True):
    """What the listing of a shard came to, beside its part of the record."""

    files: FilesSummary
    unchanged: list[Place]  # as the record that the scan builds on has them
    changed: int  # runs that were parsed
    sheets: int
    samples: int
    unreadable_sheets: int
    problems: list[tuple[str, str, int]]  # severity, code, how many

    @classmethod
    def of(
        cls, files: FilesSummary, unchanged: list[Place], sheets: SheetsSummary
    ) -> "ListedShard":
        problems = [(*kind, count) for kind, count in sheets.problems.items()]
        read = (sheets.runs, sheets.sheets, sheets.samples, sheets.unreadable_sheets)
        return cls(files, unchanged, *read, problems)

    def sheets_summary(self) -> SheetsSummary:
        problems = {(severity, code): count for severity, code, count in self.problems}
        read = (self.changed, self.sheets, self.samples, self.unreadable_sheets)
        return SheetsSummary(*read, problems)


class FoundRoots(msgspec.Struct, frozen=True):
    """What the beginning of a listing hands to its end."""

    header: ScanHeader
    basis: str | None
    roots: list[RootListing]
    found: FilesSummary  # what is known before anything is listed
    shards: int

    @property
    def started(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.header.started_at)


class RunToBuild(msgspec.Struct, frozen=True):
    """A run whose records may have to change."""

    entry: IndexedRun  # as the record has it
    fingerprint: str
    known: KnownRow | None
    is_moved: bool


class ShardToBuild(msgspec.Struct, frozen=True):
    """Runs of one root that one process judges, plans and stores."""

    record_id: str
    parsed_by: list[int]  # the listed shards that its runs were in, if any
    runs: list[RunToBuild]


class KeptSurvey(msgspec.Struct, frozen=True):
    """A survey, and which scan made it of which record."""

    record_id: str
    roots: list[RootListing]
    known: list[KnownRow]
    fingerprints: list[tuple[str, str, str]]
    moves: list[tuple[str, str, KnownRow]]
    vanished: list[KnownRow]
    held: list[HeldPart]
    left: list[KnownRow]
    to_retry: list[int]
    seen_since: list[Place]


@dataclass(frozen=True, slots=True)
class ShardFiles:
    """The files of the shards of one scan."""

    home: Path
    dagster_run_id: str

    @property
    def folder(self) -> Path:
        record = record_path(self.home, self.dagster_run_id)
        return record.with_name(f"{self.dagster_run_id}.shards")

    def begin(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def exist(self) -> bool:
        return self._file("found").exists()

    def record_part(self, number: int) -> Path:
        return self.folder / f"listed-{number}.jsonl.gz"

    def parsed_part(self, number: int) -> Path:
        return self.folder / f"parsed-{number}"

    def journals(self, number: int) -> list[Path]:
        """List what the attempts at a shard have noted, the earliest first."""
        return sorted(self.folder.glob(f"journal-{number}-*"))

    def new_journal(self, number: int) -> Path:
        """Begin the journal of another attempt."""
        attempt = f"{len(self.journals(number)):03}-{uuid.uuid4().hex}"
        journal = self.folder / f"journal-{number}-{attempt}"
        journal.touch()
        return journal

    def write_found(self, found: FoundRoots) -> None:
        self._write("found", found)

    def found(self) -> FoundRoots:
        return self._read("found", FoundRoots)

    def write_to_list(self, number: int, shard: ShardToList) -> None:
        self._write(f"list-{number}", shard)

    def to_list(self, number: int) -> ShardToList:
        return self._read(f"list-{number}", ShardToList)

    def write_listed(self, number: int, shard: ListedShard) -> None:
        self._write(f"listed-{number}", shard)

    def is_listed(self, number: int) -> bool:
        return self._file(f"listed-{number}").exists()

    def listed(self) -> Iterator[ListedShard]:
        """Give what the listing of each shard came to, in their order."""
        for number in range(self.found().shards):
            yield self._read(f"listed-{number}", ListedShard)

    def listed_by(self) -> dict[Place, int]:
        """Say in which listed shard a run was; empty where they were not listed in shards."""
        if not self.exist():
            return {}
        shards = ((number, self.to_list(number)) for number in range(self.found().shards))
        return {(shard.root, run.path): number for number, shard in shards for run in shard.runs}

    def write_survey(self, survey: KeptSurvey) -> None:
        self._write("survey", survey)

    def survey(self) -> KeptSurvey:
        return self._read("survey", KeptSurvey)

    def write_to_build(self, number: int, shard: ShardToBuild) -> None:
        self._write(f"build-{number}", shard)

    def to_build(self, number: int) -> ShardToBuild:
        return self._read(f"build-{number}", ShardToBuild)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _write(self, name: str, content: msgspec.Struct) -> None:
        path = self._file(name)
        draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(content))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def _read(self, name: str, kind: type[_T]) -> _T:
        path = self._file(name)
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except OSError as error:
            raise ShardFileError(str(path), str(error.strerror)) from error
        except msgspec.MsgspecError as error:
            raise ShardFileError(
                str(path), f"it is not what this program writes: {error}"
            ) from error
