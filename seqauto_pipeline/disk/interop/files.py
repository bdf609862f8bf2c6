"""Which files of a run folder Illumina's library is given, and a directory with no others.

The library opens whatever stands at the names it knows, follows any link, and waits at a FIFO. It
is therefore given a directory of links to files that were looked at here.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.core.file_list import Unreadable
from seqauto_pipeline.disk.read import ReadRefused, link_out_refusal, real_path, refusal_of

INTEROP_FOLDER = "InterOp"
_MAX_FILES = 64  # instruments write about 20


@dataclass(frozen=True, slots=True)
class InteropFiles:
    """Absolute paths of what a run's figures are made of."""

    run_info: str
    run_parameters: str | None  # the library needs it for the names of the channels only
    metrics: tuple[str, ...]  # the files directly in InterOp/; those of single cycles are below it


def interop_files(
    folder: str, run_info: str, run_parameters: str | None, *, root: str | None = None
) -> InteropFiles:
    """List the metrics files in an InterOp folder.

    Raises ReadRefused for a folder that cannot be listed, and for a file that is no regular one or,
    where ``root`` is given, leads out of it.
    """
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".bin"))[:_MAX_FILES]
    except OSError as error:
        raise ReadRefused(refusal_of(folder, INTEROP_FOLDER, error)) from error
    metrics = tuple(f"{folder}/{name}" for name in names)
    given = (run_info, *([run_parameters] if run_parameters else ()), *metrics)
    for path in given:
        _look_at(path, root)
    return InteropFiles(run_info, run_parameters, metrics)


def _look_at(path: str, root: str | None) -> None:
    below = os.path.basename(path)
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise ReadRefused(refusal_of(path, below, error)) from error
    if not stat.S_ISREG(mode):
        reason = "it is not a regular file"
        raise ReadRefused(Unreadable(path, "ENOTREG", reason, below))
    if root is not None and not real_path(path).startswith(real_path(root).rstrip("/") + "/"):
        raise ReadRefused(link_out_refusal(path, below))


def link_together(files: InteropFiles, directory: Path) -> None:
    """Make a directory look like a run folder that holds these files and nothing else."""
    (directory / INTEROP_FOLDER).mkdir()
    for name, path in _links(files):
        (directory / name).symlink_to(path)


def _links(files: InteropFiles) -> Iterator[tuple[str, str]]:
    yield "RunInfo.xml", files.run_info
    if files.run_parameters is not None:
        yield "RunParameters.xml", files.run_parameters
    yield from _named(files.metrics)


def _named(metrics: Iterable[str]) -> Iterator[tuple[str, str]]:
    for path in metrics:
        yield f"{INTEROP_FOLDER}/{os.path.basename(path)}", path
