"""What is asked to be listed of a root elsewhere: all that a walk by its layout looks at."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import basename, dirname

from seqauto_pipeline.core.expectation.run_layout import layout_of_run
from seqauto_pipeline.core.file_list import escape_name
from seqauto_pipeline.core.layout import ILLUMINA_QC, TILE_METRICS, FileType, Layout
from seqauto_pipeline.core.pattern import PATTERN_FIELD, folder_globs, variants_of
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.errors import UnknownRootError
from seqauto_pipeline.list_files.request import Outputs, Request
from seqauto_pipeline.scan.setup import (
    content_options,
    layouts_for,
    listed_elsewhere,
    walk_options,
)
from seqauto_pipeline.settings import Settings

_RUN, _FLOWCELL = "\ue000", "\ue001"  # for private use: no layout has them
_GLOB_SIGN = re.compile(r"([*?\[])")


def list_request(
    root: str,
    layout: Layout,
    walk: WalkOptions,
    contents: ContentOptions,
    *,
    since_ns: int = 0,
    runs: tuple[str, ...] = (),
) -> Request:
    """Ask for one root, by what its machine calls it, escaped.

    Contents that have not changed since ``since_ns`` are not wanted. ``runs`` are paths or names.
    """
    layout = _with_stand_ins(layout)
    return Request(
        root=root,
        depth=layout.run_depth,
        directories=tuple(_filled_there("/".join(glob)) for glob in layout.directories),
        outputs=tuple(dict.fromkeys(_outputs(layout))),
        ignored=layout.ignored_directories,
        never_searched=layout.never_searched,
        inputs=tuple(dict.fromkeys(_inputs(layout))),
        contents=tuple(dict.fromkeys(_contents(layout))),
        contents_since_ns=max(since_ns, 0),
        runs=runs,
        follow_links_out_of_root=walk.follow_links_out_of_root,
        max_entries=walk.max_entries,
        max_input_bytes=walk.max_input_bytes,
        max_content_bytes=contents.max_bytes,
    )


def request_by_settings(settings: Settings, root: Path) -> Request:
    """Ask for one of the scan roots, all contents included. Raises UnknownRootError."""
    path = escape_name(os.path.normpath(root))
    layouts = layouts_for(settings)
    if path not in layouts:
        raise UnknownRootError(path, tuple(layouts))
    elsewhere = listed_elsewhere(settings).get(path)
    there = path if elsewhere is None else elsewhere.root_there
    return list_request(there, layouts[path], walk_options(settings), content_options(settings))


def _with_stand_ins(layout: Layout) -> Layout:
    """Put stand-ins for the run's name and flowcell into what leads beside its folder."""
    return layout_of_run(layout, f"{_RUN}_{_FLOWCELL}")


def _filled_there(glob: str) -> str:
    """Let the other machine put in the name of each run."""
    run, flowcell = "{sequencing_run}", "{flowcell_id}"
    return glob.replace(f"{_RUN}_{_FLOWCELL}", run).replace(_FLOWCELL, flowcell)


def _inputs(layout: Layout) -> Iterator[str]:
    run = layout.run
    paths = (*run.sample_sheet, *run.run_info, *run.run_parameters, *run.run_completion)
    yield from (_GLOB_SIGN.sub(r"[\1]", path) for path in paths)
    yield from map(_filled_there, layout.used_sheets)


def _types(layout: Layout) -> Iterator[FileType]:
    yield from layout.file_types
    for types in layout.kits.values():
        yield from types


def _outputs(layout: Layout) -> Iterator[Outputs]:
    for file_type in _types(layout):
        for conversion in file_type.conversions:
            folders = dict.fromkeys(
                glob
                for naming in file_type.namings
                if naming.converter in conversion.converters
                for glob in folder_globs(naming.pattern)
            )
            for glob in conversion.searched if conversion.holds else ():
                yield Outputs(_filled_there(glob), conversion.holds, tuple(folders))


def _contents(layout: Layout) -> Iterator[str]:
    for file_type in _types(layout):
        if file_type.content is None:
            continue
        patterns = (*file_type.patterns, *file_type.patterns_if_present)
        for pattern in (*patterns, *filter(None, [file_type.values])):
            yield from (PATTERN_FIELD.sub("*", each) for each in variants_of(pattern))
            if file_type.content == ILLUMINA_QC and basename(pattern) == TILE_METRICS:
                yield f"{dirname(pattern)}/*.bin"  # all of which its figures are made from
