"""Pack a listed run for the record: its line, and what the index says of it."""

from collections.abc import Collection
from itertools import chain
from operator import attrgetter

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.disk.record.codec import compressed, run_line
from seqauto_pipeline.disk.record.parts import IndexedRun, PackedRun, Watched
from seqauto_pipeline.disk.trusted_times import will_show_changes

_MODIFIED_NS, _SIZE = attrgetter("modified_ns"), attrgetter("size")  # in C: a disk has millions


def pack_run(run: RunListing, markers: Collection[str] = ()) -> PackedRun:
    """Pack a listed run; ``markers`` are the paths whose presence makes it complete."""
    line, digest = run_line(run)
    watched = _watched(run, markers)
    return PackedRun(compressed(line), _index_entry(run, watched, digest), watched)


def _watched(run: RunListing, markers: Collection[str]) -> Watched:
    directories = {path: each.modified_ns for path, each in run.directories.items()}
    directories |= run.passed_through
    files = {path: run.find(path) for path in markers}
    inputs = (*run.inputs.values(), *run.used_sheets.values())
    files |= {each.path: run.find(each.path) for each in inputs}
    times = {path: (each.size, each.modified_ns) for path, each in files.items() if each}
    return Watched(directories, times)


def _index_entry(run: RunListing, watched: Watched, digest: str) -> IndexedRun:
    listings = run.directories.values()
    entries = [entry for each in listings for entry in each.entries.values()]
    times = chain(map(_MODIFIED_NS, entries), watched.directories.values())
    return IndexedRun(
        root=run.root,
        path=run.path,
        digest=digest,
        offset=0,
        length=0,
        in_holder=False,
        listed_ns=min((each.listed_ns for each in listings), default=0),
        newest_ns=max(times, default=0),
        can_be_trusted=_can_be_trusted(run),
        directories=len(watched.directories),
        entries=len(entries),
        size=sum(map(_SIZE, entries)),
        refusals=len(run.unreadable),
    )


def _can_be_trusted(run: RunListing) -> bool:
    """Tell whether the times of the directories will show any change below them."""
    return (
        bool(run.directories)
        and all(
            will_show_changes(each.modified_ns, each.listed_ns) for each in run.directories.values()
        )
        and not (run.unreadable or run.has_links or run.skip_reason)
    )
