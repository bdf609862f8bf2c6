"""Roots that are listed elsewhere: their lists fetched before a walk, and what they say of it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.disk.lists.contents import ListedContents
from seqauto_pipeline.disk.lists.fetching import fetch_list, forget_others, kept_list
from seqauto_pipeline.disk.lists.lines import ListError
from seqauto_pipeline.disk.lists.list_file import ListFile, open_list
from seqauto_pipeline.disk.lists.listed_disk import ListedDisk
from seqauto_pipeline.disk.parallel.workers import Watch, supervised_map
from seqauto_pipeline.disk.walk.disk import Disk
from seqauto_pipeline.disk.walk.upper_levels import timed_out
from seqauto_pipeline.list_files.request import request_text
from seqauto_pipeline.scan.basis import WalkBasis
from seqauto_pipeline.scan.list_requests import list_request
from seqauto_pipeline.scan.setup import ScanSetup

_AT_A_TIME = 16  # lists


@dataclass(frozen=True, slots=True)
class ListedRoots:
    """The lists of one walk."""

    disks: Mapping[str, Disk]  # by root: those that are listed elsewhere
    notes: tuple[str, ...] = ()


def fetch_lists(
    setup: ScanSetup, layouts: Mapping[str, Layout], scope: Scope, basis: WalkBasis
) -> ListedRoots:
    """Get the lists of the roots among these that are listed elsewhere, side by side.

    A root without a usable list is unavailable: nothing of it is called missing.
    """
    forget_others(setup.lists_folder, setup.listed_elsewhere.values())
    roots = [root for root in layouts if root in setup.listed_elsewhere]
    is_over = threading.Event()

    def fetch(root: str, watch: Watch) -> tuple[Disk, tuple[str, ...]]:
        return _fetched(setup, root, layouts[root], (scope, basis), (is_over, watch))

    def give_up(root: str, file: str) -> tuple[Disk, tuple[str, ...]]:
        return ListedDisk.without_list(root, f"its list {file} {timed_out(setup.walk)}"), ()

    try:
        fetched = supervised_map(
            fetch,
            roots,
            threads=_AT_A_TIME,
            seconds=setup.walk.seconds_per_directory,
            when_stuck=give_up,
            at_first=_AT_A_TIME,  # each waits for another machine
        )
        found = dict(zip(roots, fetched, strict=True))
    finally:
        is_over.set()  # a scan that is given up takes its commands along
    notes = tuple(note for _, told in found.values() for note in told)
    return ListedRoots({root: disk for root, (disk, _) in found.items()}, notes)


def _fetched(
    setup: ScanSetup,
    root: str,
    layout: Layout,
    what: tuple[Scope, WalkBasis],
    given_up: tuple[threading.Event, Watch],
) -> tuple[Disk, tuple[str, ...]]:
    source, (scope, basis) = setup.listed_elsewhere[root], what
    request = list_request(
        source.root_there,
        layout,
        setup.walk,
        setup.contents,
        since_ns=basis.cold_before_ns,
        runs=scope.runs,
    )
    follows = setup.walk.follow_links_out_of_root
    try:
        file, notes = fetch_list(
            source, request_text(request), setup.lists_folder, layout.run_depth, *given_up
        )
        return ListedDisk.of_root(source.root, file, follows_links_out=follows), notes
    except ListError as error:
        return ListedDisk.without_list(source.root, str(error)), ()


def kept_disk(setup: ScanSetup, root: str) -> Disk | None:
    """Give the list of a root that this scan has fetched; None for a root that is listed here."""
    source = setup.listed_elsewhere.get(root)
    if source is None:
        return None
    try:
        file = open_list(kept_list(setup.lists_folder, source.root), was_checked=True)
    except ListError as error:
        return ListedDisk.without_list(source.root, str(error))
    follows = setup.walk.follow_links_out_of_root
    return ListedDisk.of_root(source.root, file, follows_links_out=follows)


@dataclass(frozen=True, slots=True)
class KeptLists:
    """The lists that the last walk took, for what files held; by root."""

    files: Mapping[str, ListFile]

    @classmethod
    def of(cls, setup: ScanSetup) -> "KeptLists":
        """Open them; a list that cannot be used has nothing of any file."""
        files = {}
        for root, source in setup.listed_elsewhere.items():
            path = kept_list(setup.lists_folder, source.root)
            try:
                files[root] = open_list(path, was_checked=True)
            except ListError:
                files[root] = ListFile.without_runs(path)
        return cls(files)

    def contents_of(self, root: str, path: str) -> ListedContents | None:
        """Give what the list of a root has of one run; None for a root that is listed here."""
        file = self.files.get(root)
        return None if file is None else ListedContents(file.part(frozenset([path])), path)
