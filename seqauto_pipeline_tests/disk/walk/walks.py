"""Walk a tree of a test, and what it is walked by."""

from collections.abc import Mapping
from pathlib import Path

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.layouts import load_layout

RUN = "200920_NB501009_0410_AHNLYFBGXG"
AT = f"idt_exome/{RUN}"
SKIP = ".variantgrid_skip_flowcell"
MARKER = "4_QC/sequencing_stats/RTAComplete.txt"
TAU = load_layout("tau")


def listed(root: Path, layout: Layout = TAU, **options: object) -> tuple[RunListing, ...]:
    walk = RootWalk(str(root), layout, WalkOptions(**{"threads": 2, **options}))  # type: ignore[arg-type]
    walk.find()
    return tuple(walk.list_runs())


def one(root: Path, layout: Layout = TAU, **options: object) -> RunListing:
    (found,) = listed(root, layout, **options)
    return found


def small(pattern: str) -> str:
    return (
        'name = "small"\n[run]\nmarkers = ["m"]\nsample_sheet = ["s"]\n'
        f'[file_types.a]\npatterns = ["{pattern}"]\n'
    )


def refusals(listing: RunListing) -> Mapping[str, str]:
    return {each.below: each.errno_name for each in listing.unreadable}
