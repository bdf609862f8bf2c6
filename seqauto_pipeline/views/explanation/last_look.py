"""What the last scan saw where a file is expected, and which names there are like the file's."""

import os
from collections.abc import Iterator, Sequence
from posixpath import basename, dirname

from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.expectation.near_names import (
    Difference,
    NearName,
    difference_words,
    nearest_names,
)
from seqauto_pipeline.core.file_list import DirectoryListing, RunListing, unescape_name
from seqauto_pipeline.db.queries.files import files_of
from seqauto_pipeline.db.queries.runs import path_in_run
from seqauto_pipeline.views.explanation.elsewhere import unsearched_name_facts
from seqauto_pipeline.views.explanation.evidence import Evidence
from seqauto_pipeline.views.explanation.facts import Fact
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import moment_of


def looked_facts(models: OpenModels, evidence: Evidence, path: str) -> Iterator[Fact]:
    """Say when and where the last scan looked, and what kept it from seeing."""
    scan = evidence.scan
    if scan is None:
        yield Fact("looked", "no scan that covered this run has been applied yet")
        return
    yield Fact("looked", f"by scan {scan.id}, disks as of {models.local(scan.as_of)}")
    if evidence.run.legacy:
        yield Fact("", "the run is flagged as legacy: scans leave it alone")
    if evidence.listing is None:
        yield Fact("", evidence.why_no_listing)
    else:
        yield _directory_fact(models, evidence, evidence.listing, dirname(path))
        yield from _refusal_facts(evidence.listing, path)
    for message in evidence.refusals(path):
        yield Fact("", f"open message [{message.id}]: {shown(message.text)} {shown(message.fix)}")


def _directory_fact(
    models: OpenModels, evidence: Evidence, listing: RunListing, folder: str
) -> Fact:
    directory = listing.directories.get(folder)
    name = shown(folder or "the run folder itself")
    unsearched = f"layout {shown(evidence.run.layout)} does not search it"
    if directory is not None:
        when = models.local(moment_of(directory.listed_ns))
        names = counted(len(directory.entries), "name")
        more = "" if evidence.is_searched(folder) else f"; {unsearched}"
        return Fact("directory", f"{name}: listed {when}, {names}{more}")
    if not evidence.is_searched(folder):
        return Fact("directory", f"{name}: {unsearched}")
    return Fact("directory", f"{name}: was not there, or could not be listed")


def _refusal_facts(listing: RunListing, path: str) -> Iterator[Fact]:
    refusal = listing.what_hides(path)
    if refusal is not None:
        why = f"({refusal.errno_name}): {refusal.reason}"
        yield Fact("", f"{shown(refusal.path)} could not be read {why}")


def near_facts(models: OpenModels, evidence: Evidence, path: str, file_type: str) -> Iterator[Fact]:
    """Name what is there and a person could take for a file that is not."""
    listing = evidence.listing
    if listing is None:
        return
    folder, name = dirname(path), basename(path)
    directory = listing.directories.get(folder)
    near = nearest_names(name, _unexplained(models, evidence, directory, path))
    elsewhere = _elsewhere(listing, folder, name)
    if directory is None:
        above = listing.directories.get(dirname(folder))
        folders = nearest_names(basename(folder), above.entries) if above is not None else ()
        yield from _name_facts("directories", folders)
    yield from _name_facts("nearest", near)
    for other in elsewhere:
        yield Fact("elsewhere", f"{shown(other)}: the same name, in another directory")
    if not near and not elsewhere:
        taken = {basename(file.path) for file in files_of(models.session, (evidence.run.id,))}
        yield from unsearched_name_facts(evidence, path, file_type, taken - {name})


def _elsewhere(listing: RunListing, folder: str, name: str) -> tuple[str, ...]:
    """Find a name in the other directories of a run."""
    return tuple(
        f"{other}/{name}".lstrip("/")
        for other, listed in sorted(listing.directories.items())
        if other != folder and name in listed.entries
    )


def _unexplained(
    models: OpenModels, evidence: Evidence, directory: DirectoryListing | None, path: str
) -> frozenset[str]:
    """Names in a directory that no other record accounts for: another sample's is no near miss.

    Nor is what lies beside another's file and is named after it, such as its index.
    """
    folder, wanted = dirname(path), basename(path)
    known = files_of(models.session, (evidence.run.id,))
    taken = {basename(file.path) for file in known if dirname(file.path) == folder}
    others = taken - {wanted}
    stems = {stem for name in others for stem in (name, name.rpartition(".")[0])}
    names = frozenset(directory.entries if directory is not None else ()) - taken
    return frozenset(name for name in names if name.rpartition(".")[0] not in stems)


def _name_facts(label: str, names: Sequence[NearName]) -> Iterator[Fact]:
    for near in names:
        words = difference_words(near)
        differs = words if near.differences == (Difference.SIMILAR,) else f"differs in {words}"
        yield Fact(label, f"{shown(near.name)}: {differs}")


def now_facts(evidence: Evidence, path: str) -> Iterator[Fact]:
    """Look at the disk once: a file may have come since the last scan."""
    if is_on_disk(evidence, path):
        command = f"seqauto scan --run {shown(evidence.run.name)}"
        yield Fact("now", f"it is there now: it came since. Scan its run: {command}")


def is_on_disk(evidence: Evidence, path: str) -> bool:
    return os.path.lexists(unescape_name(path_in_run(evidence.run, path)))
