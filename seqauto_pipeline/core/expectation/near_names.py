"""Names that are nearly the one looked for: the answer to "but the file is right there!"."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Difference(StrEnum):
    """In what two names differ that a person takes for the same."""

    CASE = "case"
    SEPARATORS = "separators"  # - _ . and blanks
    ILLUMINA_PARTS = "illumina_parts"  # _S1, _L001, _001
    COMPRESSION = "compression"  # .gz and the like at the end
    READ = "read"  # R1 or 1
    SIMILAR = "similar"  # none of these: it only looks alike


@dataclass(frozen=True, slots=True)
class NearName:
    """A name that is there, and in what it differs from the one that is not."""

    name: str
    differences: tuple[Difference, ...]


_WORDS: Mapping[Difference, str] = {
    Difference.CASE: "upper and lower case",
    Difference.SEPARATORS: "- _ . or blanks",
    Difference.ILLUMINA_PARTS: "Illumina's _S1, _L001 or _001",
    Difference.COMPRESSION: "the ending .gz or the like",
    Difference.READ: "R1 or 1 for the read",
    Difference.SIMILAR: "only looks alike",
}
_ENDING = re.compile(r"\.(gz|bgz|bz2|zip|xz|zst|ora)$", re.IGNORECASE)
_PARTS = re.compile(r"_S\d+(?=[_.]|$)|_L\d{3}(?=[_.]|$)|_001(?=\.|$)", re.IGNORECASE)
_READ = re.compile(r"(?<=[-_. ])R(?=[12]([-_. ]|$))", re.IGNORECASE)
_SEPARATORS = re.compile(r"[-_. ]+")
_ENOUGH_ALIKE = 0.8
_NAMES_COMPARED_WHOLE = 2000  # above it only those are compared that start or end alike
_MOST = 5

# In this order: the parts are known by their separators, so these go last but case.
_FORGET: Mapping[Difference, Callable[[str], str]] = {
    Difference.COMPRESSION: lambda name: _ENDING.sub("", name),
    Difference.ILLUMINA_PARTS: lambda name: _PARTS.sub("", name),
    Difference.READ: lambda name: _READ.sub("", name),
    Difference.SEPARATORS: lambda name: _SEPARATORS.sub("_", name),
    Difference.CASE: str.casefold,
}


def difference_words(near: NearName) -> str:
    return ", ".join(_WORDS[kind] for kind in near.differences)


def nearest_names(wanted: str, present: Collection[str]) -> tuple[NearName, ...]:
    """List the names most like the wanted one, those with the fewest differences first.

    At most five. Names that merely look alike are given only where none is the same but for
    case, separators, Illumina's parts, compression or the way to write the read.
    """
    plain = _without(wanted, _FORGET)
    near = [
        NearName(name, _differences(wanted, name))
        for name in present
        if name != wanted and _without(name, _FORGET) == plain
    ]
    near = near or [NearName(name, (Difference.SIMILAR,)) for name in _alike(wanted, present)]
    near.sort(key=lambda each: (len(each.differences), each.name))
    return tuple(near[:_MOST])


def _without(name: str, kinds: Collection[Difference]) -> str:
    for kind, forget in _FORGET.items():
        if kind in kinds:
            name = forget(name)
    return name


def _differences(wanted: str, name: str) -> tuple[Difference, ...]:
    """Find the kinds that all must be forgotten before two names are the same."""
    needed = list(_FORGET)
    for kind in _FORGET:
        fewer = [each for each in needed if each is not kind]
        if _without(wanted, fewer) == _without(name, fewer):
            needed = fewer
    return tuple(needed)


def _alike(wanted: str, present: Collection[str]) -> tuple[str, ...]:
    names = [name for name in present if name != wanted]
    if len(names) > _NAMES_COMPARED_WHOLE:
        names = [name for name in names if name[:4] == wanted[:4] or name[-12:] == wanted[-12:]]
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    rated = []
    for name in names[:_NAMES_COMPARED_WHOLE]:
        matcher.set_seq1(name)
        if matcher.real_quick_ratio() >= _ENOUGH_ALIKE <= matcher.quick_ratio():
            rated.append((-matcher.ratio(), name))
    return tuple(name for rate, name in sorted(rated)[:_MOST] if -rate >= _ENOUGH_ALIKE)
