"""List the run folders of a root and pack each for the record, on both cores where that pays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.disk.parallel.in_order import answers
from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.disk.parallel.second_process import Tell, second_process
from seqauto_pipeline.disk.record.packing import pack_run
from seqauto_pipeline.disk.record.parts import PackedRun, RecordedRun
from seqauto_pipeline.disk.walk.root import RootWalk

_RUNS_WORTH_A_PROCESS = 200  # fewer are listed before another process has started
_RUNS_PER_REQUEST = 20


@dataclass(frozen=True, slots=True)
class _ListAndPack:
    """Work for either process: list and pack some run folders."""

    walk: RootWalk
    markers: tuple[str, ...]

    def load(self, _roots: KnownRoots, /) -> list[PackedRun | RecordedRun]:
        return list(_packed(self.walk, None, self.markers))


def _packed(
    walk: RootWalk, wanted: frozenset[str] | None, markers: Sequence[str]
) -> Iterator[PackedRun | RecordedRun]:
    return walk.map_runs(
        lambda run: pack_run(run, markers) if isinstance(run, RunListing) else run, wanted
    )


def packed_runs(
    walk: RootWalk,
    wanted: frozenset[str],
    markers: Sequence[str],
    tell: Tell,
    *,
    is_alone: bool = True,
) -> Iterator[PackedRun | RecordedRun]:
    """List run folders of a walk that has found them; known ones that are as they were come first.

    ``markers`` are the paths whose presence makes a run complete. ``tell`` is told of trouble with
    the second process; there is none where other processes list, too, and this is not ``is_alone``.
    """
    unknown = walk.unknown(wanted)
    yield from _packed(walk, wanted.difference(unknown), markers)
    is_worth_it = len(unknown) >= _RUNS_WORTH_A_PROCESS
    with second_process(is_worth_it=is_worth_it, tell=tell, is_alone=is_alone) as submit:
        requests = (
            _ListAndPack(
                walk.part(frozenset(unknown[first : first + _RUNS_PER_REQUEST])), tuple(markers)
            )
            for first in range(0, len(unknown), _RUNS_PER_REQUEST)
        )
        yield from chain.from_iterable(answers(submit, requests))
