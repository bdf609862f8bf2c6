"""Finding the sequencing run or scan that a person means; where there is none, what there is."""

from os.path import abspath
from posixpath import dirname, relpath

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.expectation.run_layout import directories_beside
from seqauto_pipeline.core.file_list import escape_name
from seqauto_pipeline.core.metadata.run_folder import parse_run_folder_name
from seqauto_pipeline.core.near_words import near_names
from seqauto_pipeline.db.models import Scan, SequencingRun
from seqauto_pipeline.db.queries.history import any_scan, find_scans
from seqauto_pipeline.db.queries.runs import (
    find_runs,
    path_in_run,
    run_folder,
    run_names,
    run_that_holds,
    runs_of_layouts,
)
from seqauto_pipeline.views.known_layouts import known_layouts
from seqauto_pipeline.views.open_models import OpenModels


class NotFoundError(LookupError):
    """What a person named is not known, or is several things. The message says what to name."""


def nothing_found(models: OpenModels, what: str) -> str:
    """Say that a list is empty, and what to do next where no scan has run yet."""
    if any_scan(models.session):
        return f"No {what}."
    return f"No {what}: no scan has run yet. Scan the disks first: seqauto scan"


def one_run(models: OpenModels, text: str) -> SequencingRun:
    """Find the one sequencing run that a name or path means; raise NotFoundError otherwise."""
    found = runs_called(models, text)
    if len(found) > 1:
        folders = "\n".join(f"  {shown(run_folder(run))}" for run in found)
        raise NotFoundError(
            f"{shown(text)!r} is in {len(found)} places; give the path of the one you mean:\n"
            f"{folders}"
        )
    if not found:
        raise NotFoundError(unknown_run(models, text))
    return found[0]


def run_and_path_below(models: OpenModels, path: str) -> tuple[SequencingRun, str] | None:
    """Find the run to which an absolute path belongs, and give the path relative to its folder.

    Also where the path lies beside the folder: in a directory that the layout names for the run, or
    else in one that has the run's name in its own.
    """
    run = run_that_holds(models.session, path)
    if run is not None:
        return run, path[len(run_folder(run)) + 1 :]
    return _beside_by_layout(models, path) or _beside_by_name(models, path)


def _beside_by_layout(models: OpenModels, path: str) -> tuple[SequencingRun, str] | None:
    layouts = {each.name: each for each in known_layouts(models.settings) if each.beside}
    for run in runs_of_layouts(models.session, layouts):
        for own in directories_beside(layouts[run.layout], run.name):
            directory = path_in_run(run, own)
            if path == directory or path.startswith(f"{directory}/"):
                return run, own + path[len(directory) :]
    return None


def _beside_by_name(models: OpenModels, path: str) -> tuple[SequencingRun, str] | None:
    folder = dirname(path)
    names = [
        name
        for name in run_names(models.session)
        if name in folder and parse_run_folder_name(name) is not None
    ]
    if not names:
        return None
    runs = find_runs(models.session, max(names, key=len))
    below_root = (run for run in runs if path.startswith(f"{run.root.rstrip('/')}/"))
    run = next(below_root, None)
    return None if run is None else (run, relpath(path, run_folder(run)))


def runs_called(models: OpenModels, text: str) -> tuple[SequencingRun, ...]:
    """Find the sequencing runs that a text names: by name, by path, or by the name as shown."""
    # A name that is not UTF-8 comes with lone surrogates, which no database takes.
    as_typed = (text,) if text.isprintable() else ()
    for name in dict.fromkeys((*as_typed, escape_name(text), escaped_absolute(text))):
        found = find_runs(models.session, name)
        if found:
            return found
    alike = [name for name in run_names(models.session) if shown(name) == text]
    return find_runs(models.session, alike[0]) if len(alike) == 1 else ()


def escaped_absolute(path: str) -> str:
    """Make a path that a person typed comparable with the stored ones. No link is followed."""
    return escape_name(abspath(path))  # noqa: PTH100  (Path.resolve would follow links)


def unknown_run(models: OpenModels, text: str) -> str:
    """Say that no sequencing run has a name, and which names are like it."""
    names = run_names(models.session)
    if not names:
        return nothing_found(models, f"sequencing run {shown(text)!r}")
    near = near_names(text.rstrip("/").rpartition("/")[2], names)
    hint = "".join(f"\n  {shown(name)}" for name in near)
    advice = f"Did you mean\n{hint[1:]}" if near else "See the names with: seqauto runs --all"
    return f"No sequencing run is called {shown(text)!r}. {advice}"


def one_scan(models: OpenModels, text: str) -> Scan:
    """Find the one scan that a number, a Dagster run id or its start, or `latest` means."""
    found = find_scans(models.session, text)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFoundError(
            nothing_found(models, f"scan {shown(text)!r}") + " See the scans with: seqauto scans"
        )
    ids = "\n".join(f"  {scan.id}  {shown(scan.dagster_run_id)}" for scan in found)
    raise NotFoundError(f"Several scans start with {shown(text)!r}; give more of the id:\n{ids}")
