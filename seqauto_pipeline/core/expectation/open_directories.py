"""Directories of which the disk tells the name: a number, a time, or any name."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from seqauto_pipeline.core.file_list import EntryKind, RunListing, glob_regex
from seqauto_pipeline.core.pattern import PATTERN_FIELD, variants_of

_FORMS: Mapping[str, str] = {"newest": r"([0-9]+)", "timestamp": r"([0-9]{8}_[0-9]{6})"}
_OPEN = re.compile(r"\{(newest|timestamp)\}|[*?\[]")
_IN_PATTERNS = re.compile(r"[\[\]{}*?]")  # a directory whose name has these is left out
_FIRST = "1"  # the number of the first analysis, where there is none yet


@dataclass(frozen=True, slots=True)
class Opened:
    """A directory as it is called on the disk."""

    path: str
    fields: tuple[tuple[str, str], ...]  # what stands for {newest} and {timestamp}, from the top
    order: tuple[int, ...]  # the numbers and times among them: the newest is the greatest

    @property
    def analysis(self) -> str | None:
        """The part that a new attempt makes anew, such as Analysis/2; None where none is open."""
        return None if not self.fields else self.fields[-1][1]


def is_open(pattern: str) -> bool:
    return _OPEN.search(pattern) is not None


def opened(pattern: str, children: Mapping[str, set[str]]) -> tuple[Opened, ...]:
    """Find the directories that fit a pattern, the newest first, those of one age by name."""
    found = [Opened("", (), ())]
    for part in pattern.split("/"):
        found = [below for each in found for below in _below(each, part, children)]
    found.sort(key=lambda each: each.path)
    found.sort(key=lambda each: each.order, reverse=True)
    return tuple(found)


def unopened(pattern: str) -> str | None:
    """Give a directory as the first analysis will make it; None where nobody knows its name."""
    first = pattern.replace("{newest}", _FIRST)
    return None if is_open(first) else first


def children_of(listing: RunListing, seen: Collection[str] = ()) -> dict[str, set[str]]:
    """Name the directories in each directory, whether these were listed or lead to one that was.

    Those count, too, in which ``seen`` files were at an earlier scan.
    """
    found: dict[str, set[str]] = {}
    for path in (*listing.directories, *(each.rpartition("/")[0] for each in seen)):
        below = path
        while below:
            above, _, name = below.rpartition("/")
            found.setdefault(above, set()).add(name)
            below = above
    for path, directory in listing.directories.items():
        for name, entry in directory.entries.items():
            if entry.kind is EntryKind.DIRECTORY:
                found.setdefault(path, set()).add(name)
    return found


def _below(above: Opened, part: str, children: Mapping[str, set[str]]) -> Iterator[Opened]:
    names = children.get(above.path, set())
    is_plain = not is_open(part) and "{" not in part
    for name in names & {part} if is_plain else names:
        fields = _fields_in(part, name)
        if fields is None or (name != part and _IN_PATTERNS.search(name)):
            continue
        path = f"{above.path}/{name}" if above.path else name
        opens = tuple((field, path) for field, _ in fields)
        order = tuple(int(text.replace("_", "")) for _, text in fields)
        yield Opened(path, above.fields + opens, above.order + order)


def _fields_in(part: str, name: str) -> tuple[tuple[str, str], ...] | None:
    """Give what a name has in the open fields of one part of a path; None where it does not fit."""
    fields = [field for field in PATTERN_FIELD.findall(part) if field in _FORMS]
    if not fields:
        glob = PATTERN_FIELD.sub("*", part)
        return () if part == name or glob_regex(glob).fullmatch(name) else None
    (field,) = fields
    before, after = (re.escape(each) for each in part.split(f"{{{field}}}"))
    match = re.fullmatch(before + _FORMS[field] + after, name, re.ASCII)
    return ((field, match[1]),) if match else None


@lru_cache(maxsize=1024)  # asked for each sample
def has_open_directory(pattern: str) -> bool:
    return is_open(pattern.rpartition("/")[0])


def closed(pattern: str, listing: RunListing) -> str | None:
    """Put the names of the newest directories into a pattern.

    Where some lead all the way down, of those. None where there are none yet, and their names
    cannot be foretold.
    """
    if not has_open_directory(pattern):
        return pattern
    parts = variants_of(pattern)[-1].split("/")[:-1]
    last = max(place for place, part in enumerate(parts) if is_open(part))
    children = children_of(listing)
    whole = opened("/".join(parts), children) or opened("/".join(parts[: last + 1]), children)
    return filled(pattern, whole[0]) if whole else unopened(pattern)


def filled(pattern: str, at: Opened) -> str | None:
    """Give another pattern of the same conversion the names that this directory has.

    ``Analysis/{newest}/CopyComplete.txt`` becomes ``Analysis/2/CopyComplete.txt``. None where it
    is open in something that the directory does not tell.
    """
    parts = pattern.split("/")
    names = at.path.split("/")
    for place, part in enumerate(parts):
        if not is_open(part):
            continue
        if place >= len(names) or _fields_in(part, names[place]) is None:
            return None
        parts[place] = names[place]
    return "/".join(parts)
