"""The words that somebody may have meant: one way to guess, and one way to say so."""

from collections.abc import Collection, Iterable

_MOST_COMPARED = 20_000  # words: a lab has more samples than can be compared while one waits
_ENOUGH_ALIKE = 0.6
_WHOLE_NAMES_ALIKE = 0.5  # they are long, and a person types most of one
_PARTS_ALIKE = 0.75  # they are short, and many are alike by chance


def near_words(
    word: str, known: Iterable[str], most: int = 3, alike: float = _ENOUGH_ALIKE
) -> tuple[str, ...]:
    """List the known words most like one, whatever the case, the nearest first."""
    from difflib import get_close_matches  # noqa: PLC0415  (wrong words only: it takes time to load)

    by_lower = {candidate.lower(): candidate for candidate in known}
    if len(by_lower) > _MOST_COMPARED:
        start = word[:2].lower()
        by_lower = {lower: each for lower, each in by_lower.items() if lower.startswith(start)}
    near = get_close_matches(word.lower(), by_lower, n=most, cutoff=alike)
    return tuple(by_lower[lower] for lower in near)


def near_names(word: str, names: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """List the names of runs most like a word: as a whole, or in as many of their parts.

    The parts of a name stand between underscores: a flowcell is one, ``Haem_25_003`` are three.
    """
    names = tuple(names)
    whole = near_words(word, names, most, alike=_WHOLE_NAMES_ALIKE)
    parts = word.count("_") + 1
    names_with: dict[str, dict[str, None]] = {}
    for name in names:
        own = name.split("_")
        for start in range(len(own) - parts + 1):
            part = "_".join(own[start : start + parts])
            names_with.setdefault(part, {})[name] = None
    near = near_words(word, names_with, most, alike=_PARTS_ALIKE)
    partly = (name for part in near for name in names_with[part])
    return tuple(dict.fromkeys((*partly, *whole)))[:most]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Guess which known word was meant."""
    return next(iter(near_words(word, known, most=1)), None)


def did_you_mean(word: str, known: Collection[str], otherwise: str = "") -> str:
    """End a complaint of an unknown word: those that may be meant, else ``otherwise``."""
    near = near_words(word, known)
    return f"; did you mean {' or '.join(near)}?" if near else otherwise
