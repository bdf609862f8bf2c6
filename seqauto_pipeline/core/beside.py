"""Directories of one run that lie beside its folder, as ``../{sequencing_run}_fastq``.

A path to them begins with ``..``, each of which goes up one level by name: where the run folder is
a symbolic link, what counts is where the link stands.
"""

from seqauto_pipeline.core.file_list import glob_regex
from seqauto_pipeline.core.pattern import PATTERN_FIELD, fields_of
from seqauto_pipeline.list_files.names import path_from as path_from  # noqa: PLC0414 - handed on

RUN_NAME_FIELDS = frozenset({"sequencing_run", "flowcell_id"})  # the run's name alone gives them
UP = "../"  # a path that begins so leads to something beside the run folder


def is_beside(path: str) -> bool:
    """Tell whether a path, relative to the run folder, leads to something beside it."""
    return path.startswith(UP)


def split_ups(path: str) -> tuple[int, str]:
    """Give how many levels a path goes up, and what is left of it."""
    levels = 0
    while is_beside(path):
        levels, path = levels + 1, path.removeprefix(UP)
    return levels, path


def own_directory(path: str) -> str | None:
    """Cut a path behind the first name that has the run's name in it; None where none has."""
    parts = path.split("/")
    for end, part in enumerate(parts, 1):
        if fields_of(part) & RUN_NAME_FIELDS:
            return "/".join(parts[:end])
    return None


def is_for_outputs(path: str, own: str, run_depth: int) -> bool:
    """Tell whether a directory above or among the run folders is one beside some run.

    ``path`` is below the root, ``own`` a directory beside the run folder with the fields of the
    layout. Among the run folders one that only leads to such directories is, too.
    """
    levels, below = split_ups(own)
    wanted = below.split("/")
    names = path.split("/")
    found = names[run_depth - levels :]
    is_whole = len(found) == len(wanted)
    leads_there = len(names) == run_depth and 0 < len(found) < len(wanted)
    return (is_whole or leads_there) and all(
        glob_regex(PATTERN_FIELD.sub("*", part)).fullmatch(name)
        for part, name in zip(wanted, found, strict=False)
    )
