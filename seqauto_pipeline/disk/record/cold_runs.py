"""Runs of an earlier record that a walk need not list again, where they are as they were."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from seqauto_pipeline.disk.record.codec import Chunk
from seqauto_pipeline.disk.record.parts import IndexedRun, RecordedRun
from seqauto_pipeline.disk.record.reader import ScanRecord

_CHUNKS_AT_HAND = 4  # threads that list side by side ask for runs of one or two


class _Place(NamedTuple):
    chunk: Chunk
    number: int  # within the chunk


class ColdRuns(Mapping[str, RecordedRun]):
    """Cold runs of one root by path. What the record says of a run is read when it is asked for."""

    def __init__(self, chunks: "_Chunks", places: Mapping[str, _Place]) -> None:
        self._chunks, self._places = chunks, places

    def __getitem__(self, path: str) -> RecordedRun:
        chunk, number = self._places[path]
        return self._chunks.runs_of(chunk)[number]

    def __contains__(self, path: object) -> bool:
        return path in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class _Chunks:
    """Reads chunks for several threads, and keeps the last few."""

    def __init__(self, record: ScanRecord) -> None:
        self._record, self._lock = record, threading.Lock()
        self._at_hand: OrderedDict[Chunk, list[RecordedRun]] = OrderedDict()

    def runs_of(self, chunk: Chunk) -> list[RecordedRun]:
        with self._lock:
            if chunk not in self._at_hand:
                self._at_hand[chunk] = list(self._record.recorded_runs_of(chunk))
            self._at_hand.move_to_end(chunk)
            if len(self._at_hand) > _CHUNKS_AT_HAND:
                self._at_hand.popitem(last=False)
            return self._at_hand[chunk]


def cold_runs(record: ScanRecord, is_cold: Callable[[IndexedRun], bool]) -> dict[str, ColdRuns]:
    """Choose runs of a record, by root."""
    found: dict[str, dict[str, _Place]] = {}
    for chunk in record.chunks:
        for number, entry in enumerate(record.index_of(chunk)):
            if is_cold(entry):
                found.setdefault(entry.root, {})[entry.path] = _Place(chunk, number)
    chunks = _Chunks(record)
    return {root: ColdRuns(chunks, places) for root, places in found.items()}
