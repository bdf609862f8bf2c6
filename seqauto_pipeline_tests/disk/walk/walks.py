"""Walk a tree of a test, and what it is walked by."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from seqauto_pipeline.core.file_list import RootListing, RunListing, escape_name
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.disk.lists.list_file import open_list
from seqauto_pipeline.disk.lists.listed_disk import ListedDisk
from seqauto_pipeline.disk.walk.disk import Disk
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.list_files.listing import write_list
from seqauto_pipeline.list_files.request import Request, parse_request, request_text
from seqauto_pipeline.scan.list_requests import list_request

RUN = "200920_NB501009_0410_AHNLYFBGXG"
AT = f"idt_exome/{RUN}"
SKIP = ".variantgrid_skip_flowcell"
MARKER = "4_QC/sequencing_stats/RTAComplete.txt"
TAU = load_layout("tau")


def listed(root: Path, layout: Layout = TAU, **options: object) -> tuple[RunListing, ...]:
    """Walk a root; a list of it that is made elsewhere has to tell the same."""
    found, runs = walked(root, layout, **options)
    with list_of(root, layout, **options) as disk:
        assert walked(root, layout, disk, **options) == (found, runs)
    return runs


def walked(
    root: Path, layout: Layout = TAU, disk: Disk | None = None, **options: object
) -> tuple[RootListing, tuple[RunListing, ...]]:
    """Give the listings of a root and of its runs, without when they were made."""
    walk = RootWalk(str(root), layout, walk_options(**options), disk=disk)
    found = walk.find()
    return found, tuple(map(_without_times, walk.list_runs()))


@contextmanager
def list_of(
    root: Path, layout: Layout = TAU, request: Request | None = None, **options: object
) -> Iterator[ListedDisk]:
    """Have a root listed as another machine does it."""
    walk = walk_options(**options)
    asked = request or list_request(escape_name(str(root)), layout, walk, ContentOptions())
    with tempfile.NamedTemporaryFile() as file:
        write_list(str(root), parse_request(request_text(asked)), file)
        file.flush()
        follows = walk.follow_links_out_of_root
        disk = open_list(Path(file.name))
        yield ListedDisk.of_root(str(root), disk, follows_links_out=follows)


def walk_options(**options: object) -> WalkOptions:
    return WalkOptions(**{"threads": 2, **options})  # type: ignore[arg-type]


def _without_times(run: object) -> RunListing:
    assert isinstance(run, RunListing)
    directories = {path: replace(each, listed_ns=0) for path, each in run.directories.items()}
    return replace(run, directories=directories)


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
