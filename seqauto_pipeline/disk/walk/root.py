"""Walk one root of a sequencing disk: find its run folders and list them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Self, TypeVar

from seqauto_pipeline.core.file_list import RootListing, RunListing, escape_name
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.run_folder import parse_run_folder_name
from seqauto_pipeline.disk.parallel.workers import Watch, supervised_map
from seqauto_pipeline.disk.record.parts import RecordedRun
from seqauto_pipeline.disk.walk.disk import Disk
from seqauto_pipeline.disk.walk.entries import DirectoryLister
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.run_folder import RunFolderLister, empty_listing
from seqauto_pipeline.disk.walk.upper_levels import FoundDirectory, UpperLevels, no_answer

_T = TypeVar("_T")


class RootWalk:
    """One root: `find` its run folders, then `list_runs`."""

    def __init__(
        self,
        root: str,
        layout: Layout,
        options: WalkOptions,
        known: Mapping[str, RecordedRun] | None = None,
        disk: Disk | None = None,
    ) -> None:
        """Walk a root. ``known`` are cold runs of an earlier record, listed again if changed.

        ``disk`` is what is asked: None is this machine's system.
        """
        self._root, self._layout, self._options = root, layout, options
        self._known = known or {}
        self._disk = disk if disk is not None else DirectoryLister(root, options)
        self._lister = RunFolderLister(root, layout, options, self._known, self._disk)
        self._candidates: tuple[FoundDirectory, ...] = ()

    def find(self) -> RootListing:
        """List the levels above the run folders; for a root that cannot be trusted, say why."""
        levels = UpperLevels(self._root, self._layout, self._options, self._disk)
        unavailable = levels.why_unavailable()
        upper, candidates = ((), ()) if unavailable else levels.list_down()
        refusals = [refusal for each in upper for refusal in each.unreadable]
        self._candidates = tuple(sorted(candidates, key=_newest_first))
        return RootListing(
            path=escape_name(self._root),
            layout=self._layout.name,
            kits=tuple(sorted(each.directory.path for each in upper if each.is_kit)),
            run_paths=tuple(sorted(each.path for each in candidates)),
            unreadable=tuple(sorted(refusals, key=lambda each: each.below)),
            unavailable=unavailable,
        )

    @property
    def candidates(self) -> tuple[FoundDirectory, ...]:
        """What may be run folders, newest first, without those to leave alone."""
        left_alone = self._options.left_alone
        return tuple(each for each in self._candidates if each.path not in left_alone)

    def take_found(self, candidates: Iterable[FoundDirectory]) -> None:
        """Take what another process found in place of `find`."""
        self._candidates = tuple(candidates)

    def list_runs(self, wanted: frozenset[str] | None = None) -> Iterator[RunListing | RecordedRun]:
        """List the run folders that `find` found, newest first; None of ``wanted`` means all.

        A known run that has not changed is given as it is known.
        """
        return self.map_runs(lambda run: run, wanted)

    def map_runs(
        self, function: Callable[[RunListing | RecordedRun], _T], wanted: frozenset[str] | None
    ) -> Iterator[_T]:
        """Apply a function to each run, in the thread that listed it."""
        chosen = [each for each in self.candidates if wanted is None or each.path in wanted]

        def list_one(candidate: FoundDirectory, watch: Watch) -> list[_T]:
            run = self._lister.list_run(candidate.path, candidate.skip_reason, watch)
            watch.end()
            return [] if run is None else [function(run)]

        return chain.from_iterable(
            supervised_map(
                list_one,
                chosen,
                threads=self._options.threads,
                seconds=self._options.seconds_per_directory,
                when_stuck=lambda each, what: [function(self._stuck_run(each.path, what))],
            )
        )

    def part(self, wanted: frozenset[str]) -> Self:
        """Give a walk of some run folders, of which nothing is known, for another process."""
        disk = self._disk.part(wanted)
        part = type(self)(self._root, self._layout, self._options, disk=disk)
        part._candidates = tuple(each for each in self._candidates if each.path in wanted)
        return part

    def unknown(self, wanted: frozenset[str]) -> list[str]:
        """Paths of the wanted run folders that have to be listed, newest first."""
        return [
            each.path
            for each in self._candidates
            if each.path in wanted and each.path not in self._known
        ]

    def _stuck_run(self, path: str, what: str) -> RunListing:
        refusals = (no_answer(what, "", self._options),)
        return replace(empty_listing(self._root, path), unreadable=refusals)


def _newest_first(candidate: FoundDirectory) -> tuple[int, str]:
    """Order by the date in the name, those that have none last, then by path."""
    name = parse_run_folder_name(candidate.path.rpartition("/")[2])
    return (-name.date.toordinal() if name else 0, candidate.path)
