"""List the run folders of a root and pack each for the record, on both cores where that pays."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.disk.parallel.second_process import second_process
from seqauto_pipeline.disk.record.scan_record import IndexedRun, PackedRun, pack_run
from seqauto_pipeline.disk.walk.run_folders import RootWalk

_MANY = 200  # runs: fewer are listed before another process has started
_TOGETHER = 20  # runs sent at once
_AHEAD = 8  # times as many, on their way while one is waited for: bounds memory


@dataclass(frozen=True, slots=True)
class _Part:
    """Some run folders to list."""

    walk: RootWalk
    markers: tuple[str, ...]

    def load(self) -> list[PackedRun | IndexedRun]:
        return list(_packed(self.walk, None, self.markers))


def _packed(
    walk: RootWalk, wanted: frozenset[str] | None, markers: Sequence[str]
) -> Iterator[PackedRun | IndexedRun]:
    return walk.map_runs(
        lambda run: pack_run(run, markers) if isinstance(run, RunListing) else run, wanted
    )


def packed_runs(
    walk: RootWalk, wanted: frozenset[str], markers: Sequence[str]
) -> Iterator[PackedRun | IndexedRun]:
    """List run folders of a walk that has found them; known ones that are as they were come first.

    ``markers`` are the paths whose presence makes a run complete.
    """
    unknown = walk.unknown(wanted)
    yield from _packed(walk, wanted.difference(unknown), markers)
    with second_process(is_worth_it=len(unknown) >= _MANY) as ask:
        pending: deque[Callable[[], list[PackedRun | IndexedRun]]] = deque()
        for first in range(0, len(unknown), _TOGETHER):
            part = walk.part(frozenset(unknown[first : first + _TOGETHER]))
            pending.append(ask(_Part(part, tuple(markers))))
            if len(pending) > _AHEAD:
                yield from pending.popleft()()
        while pending:
            yield from pending.popleft()()
