"""A layout tried on a directory, without a scan."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.run_folder import parse_run_folder_name
from seqauto_pipeline.core.verdict.closest_layout import Attempt, ClosestLayout, closest_of
from seqauto_pipeline.core.verdict.layout_trial import LayoutTrial, make_trial
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.layouts import load_layout, shipped_layouts
from seqauto_pipeline.scan.setup import sheet_policy, walk_options
from seqauto_pipeline.settings import Settings

_DEEPEST = 4  # levels below the root at which run folders are looked for
_MOST_RUNS = 20  # tried of each depth: enough to tell layouts apart
_EXAMPLES = 200  # of missing files, so that there is one of each type


def try_layout(settings: Settings, layout: Layout, root: Path, *, most: int) -> LayoutTrial:
    """Walk any directory by a layout, and count what a first scan would make of it.

    No database is opened and nothing is written; ``most`` bounds the examples that are kept.
    """
    walk = RootWalk(os.path.abspath(root), layout, walk_options(settings))  # noqa: PTH100
    found = walk.find()
    listings = (run for run in walk.list_runs() if isinstance(run, RunListing))
    return make_trial(found, listings, layout, sheet_policy(settings), most=most)


def closest_shipped_layout(settings: Settings, root: Path) -> ClosestLayout | None:
    """Try the layouts that come with the program on some run folders, at each likely depth."""
    return closest_of(
        attempt
        for name in shipped_layouts()
        for attempt in _attempts(settings, load_layout(name), root)
    )


def _attempts(settings: Settings, layout: Layout, root: Path) -> Iterator[Attempt]:
    for depth in range(1, _DEEPEST + 1):
        level = min(layout.enrichment_kit_level, depth - 1)
        at_depth = replace(layout, run_depth=depth, enrichment_kit_level=level)
        walk = RootWalk(os.path.abspath(root), at_depth, walk_options(settings))  # noqa: PTH100
        found = walk.find()
        named = (path for path in found.run_paths if _is_named_like_a_run(path))
        wanted = frozenset(sorted(named, reverse=True)[:_MOST_RUNS])
        if wanted:
            runs = (run for run in walk.list_runs(wanted) if isinstance(run, RunListing))
            trial = make_trial(found, runs, at_depth, sheet_policy(settings), most=_EXAMPLES)
            yield Attempt(layout, depth, trial)


def _is_named_like_a_run(path: str) -> bool:
    return parse_run_folder_name(path.rpartition("/")[2]) is not None
