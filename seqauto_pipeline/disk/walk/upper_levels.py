"""List the directories above the run folders: the root, its kits, and whatever else is between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from seqauto_pipeline.core.file_list import EntryKind, Unreadable, escape_name
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.disk.parallel.workers import Watch, supervised_map
from seqauto_pipeline.disk.read import link_out_refusal
from seqauto_pipeline.disk.walk.disk import Disk, Name
from seqauto_pipeline.disk.walk.entries import child_of, joined
from seqauto_pipeline.disk.walk.options import WalkOptions


@dataclass(frozen=True, slots=True)
class FoundDirectory:
    """A directory above the run folders, or one that may be a run folder."""

    path: str  # below the root
    skip_reason: str | None = None


@dataclass(slots=True)
class UpperDirectory:
    """What one directory above the run folders holds."""

    directory: FoundDirectory
    is_listed: bool = False
    below: list[FoundDirectory] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def is_kit(self) -> bool:
        return self.is_listed and self.directory.path != ""


class UpperLevels:
    """Lists the levels above the run folders of one root."""

    def __init__(self, root: str, layout: Layout, options: WalkOptions, disk: Disk) -> None:
        self._root, self._layout, self._options, self._disk = root, layout, options, disk

    def why_unavailable(self) -> str | None:
        """Say why a root cannot be trusted; None when it can."""
        known = self._disk.why_unavailable()
        if known is not None:
            return known
        one_root = supervised_map(
            lambda _, watch: self._look_at_root(watch),
            [self._root],
            threads=1,
            seconds=self._options.seconds_per_directory,
            when_stuck=lambda _, what: f"{escape_name(what)} {timed_out(self._options)}",
        )
        return next(one_root)

    def _look_at_root(self, watch: Watch) -> str | None:
        watch.begin(self._root)
        try:
            if self._disk.is_empty(self._root):
                return "it is empty: is the disk mounted?"
        except FileNotFoundError:
            return "it does not exist: is the disk mounted?"
        except NotADirectoryError:
            return "it is not a directory"
        except OSError as error:
            return self._disk.refusal_of(self._root, "", error).reason
        return None

    def list_down(self) -> tuple[Sequence[UpperDirectory], Sequence[FoundDirectory]]:
        """List level after level; give also what stands where run folders should."""
        level: Sequence[FoundDirectory] = (FoundDirectory(""),)
        all_listed: list[UpperDirectory] = []
        for _ in range(self._layout.run_depth):
            listed = self._list_level(level)
            all_listed += listed
            level = tuple(each for upper in listed for each in upper.below)
        return all_listed, level

    def _list_level(self, level: Sequence[FoundDirectory]) -> tuple[UpperDirectory, ...]:
        """List the directories of one level, each by itself: one may be on a dead file server."""
        return tuple(
            supervised_map(
                self._list_one,
                level,
                threads=self._options.threads,
                seconds=self._options.seconds_per_directory,
                when_stuck=lambda each, what: UpperDirectory(
                    each, unreadable=[no_answer(what, each.path, self._options)]
                ),
            )
        )

    def _list_one(self, directory: FoundDirectory, watch: Watch) -> UpperDirectory:
        """List one directory above the run folders, without asking for the facts of what it holds.

        What a name in it leads to may hang or refuse, and is looked at one level below.
        """
        found = UpperDirectory(directory)
        absolute = joined(self._root, directory.path)
        watch.begin(absolute)
        try:
            names = self._disk.names_in(absolute)
        except OSError as error:
            found.unreadable.append(self._disk.refusal_of(absolute, directory.path, error))
            return found
        found.is_listed = True
        self._add_below(found, names, watch)
        return found

    def _add_below(self, found: UpperDirectory, names: Mapping[str, Name], watch: Watch) -> None:
        path, skip_reason = found.directory.path, found.directory.skip_reason
        if self._options.skip_marker in names:
            skip_reason = f"{path or 'the root'} holds {self._options.skip_marker}"
        for name, entry in sorted(names.items()):
            escaped = escape_name(name)
            if self._layout.is_ignored(escaped):
                continue
            below = child_of(path, escaped)
            if self._layout.is_for_outputs(below):
                continue
            watch.begin(entry.path)
            if self._is_directory(entry, below, found.unreadable):
                found.below.append(FoundDirectory(below, skip_reason))

    def _is_directory(self, entry: Name, below: str, unreadable: list[Unreadable]) -> bool:
        try:
            if not entry.is_symlink():
                return entry.is_dir(follow_symlinks=False)
            kind = self._disk.resolve_link(entry.path, entry.stat(follow_symlinks=False)).kind
            if kind is EntryKind.LINK_OUT and self._disk.is_directory(entry.path):
                unreadable.append(link_out_refusal(entry.path, below))
        except OSError:
            unreadable.append(self._disk.why_unknown(entry.path, below))
            return False
        return kind is EntryKind.DIRECTORY


def no_answer(what: str, below: str, options: WalkOptions) -> Unreadable:
    """Say that a call on ``what`` did not come back in time."""
    return Unreadable(escape_name(what), "ETIMEDOUT", f"it {timed_out(options)}", below)


def timed_out(options: WalkOptions) -> str:
    limit = f"{options.seconds_per_directory:g} s"
    return f"did not answer within {limit}: is its file server up? (directory_timeout_seconds)"
