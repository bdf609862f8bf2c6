"""A layout tried on a directory, without a scan."""

import os
from pathlib import Path

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.verdict.layout_trial import LayoutTrial, make_trial
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.scan.setup import sheet_policy, walk_options
from seqauto_pipeline.settings import Settings


def try_layout(settings: Settings, layout: Layout, root: Path, *, most: int) -> LayoutTrial:
    """Walk any directory by a layout, and count what a first scan would make of it.

    No database is opened and nothing is written; ``most`` bounds the examples that are kept.
    """
    walk = RootWalk(os.path.abspath(root), layout, walk_options(settings))  # noqa: PTH100
    found = walk.find()
    listings = (run for run in walk.list_runs() if isinstance(run, RunListing))
    return make_trial(found, listings, layout, sheet_policy(settings), most=most)
