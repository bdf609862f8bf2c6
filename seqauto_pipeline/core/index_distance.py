"""Which index pairs of a sheet lie too close together, without comparing each with each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_MAX_COMPARED = 300_000  # pairs: about a third of a second; no sheet that is in order comes near
_MAX_BASES = 100  # of an index; no instrument reads so many, and comparing them takes its time
_MAX_CLOSE = 2_000  # pairs reported; the problems are bounded further


@dataclass(frozen=True, slots=True)
class IndexPair:
    """The bases that tell one sample from another, and how many may be misread."""

    index: str
    index2: str  # empty: a single index
    mismatches: int = 1
    mismatches2: int = 1


@dataclass(frozen=True, slots=True)
class Closeness:
    """The pairs that collide, by their places, with their distances in index and index2."""

    close: tuple[tuple[int, int, tuple[int, int]], ...]
    incomplete: bool  # so many were similar that not all were compared


def close_pairs(pairs: Sequence[IndexPair]) -> Closeness:
    """Find the pairs that differ by at most the sum of their allowed mismatches, in both indexes.

    Indexes of different lengths are not compared, nor those that no instrument could read. N is
    any base.
    """
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        if max(len(pair.index), len(pair.index2)) > _MAX_BASES:
            continue
        groups[len(pair.index), len(pair.index2)].append(place)
    close: list[tuple[int, int, tuple[int, int]]] = []
    compared = 0
    for group in groups.values():
        for one, two in _candidates(pairs, group):
            compared += 1
            if compared > _MAX_COMPARED or len(close) >= _MAX_CLOSE:
                return Closeness(tuple(close), incomplete=True)
            distances = _collision(pairs[one], pairs[two])
            if distances:
                close.append((one, two, distances))
    return Closeness(tuple(close), incomplete=False)


def _collision(one: IndexPair, two: IndexPair) -> tuple[int, int] | None:
    first = _distance(one.index, two.index)
    if first > one.mismatches + two.mismatches:
        return None
    second = _distance(one.index2, two.index2)
    return (first, second) if second <= one.mismatches2 + two.mismatches2 else None


def _distance(one: str, two: str) -> int:
    if one == two:
        return 0
    return sum(a != b and "N" not in (a, b) for a, b in zip(one, two, strict=True))


def _candidates(pairs: Sequence[IndexPair], group: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs that may collide, each once.

    Two texts that differ in at most d places, cut into d + 1 parts, agree in one part at least. So
    those that collide share a part of the index and a part of index2.
    """
    masked = {place for place in group if "N" in pairs[place].index + pairs[place].index2}
    bare = [place for place in group if place not in masked]
    cuts = _cuts(pairs[place] for place in group)
    buckets: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in bare:
        met: set[int] = set()
        for key in _keys(pairs[place], *cuts):
            bucket = buckets[key]
            for other in bucket:
                if other not in met:
                    met.add(other)
                    yield other, place
            bucket.append(place)
    before = list(bare)
    for place in sorted(masked):
        yield from ((other, place) for other in before)
        before.append(place)


_Cut = tuple[slice, str]  # where a part stands, and a mark that tells it from the others


def _cuts(pairs: Iterable[IndexPair]) -> tuple[tuple[_Cut, ...], tuple[_Cut, ...]]:
    """Cut index and index2 of pairs of one length into parts of about one length each."""
    known = tuple(pairs)
    parts = 2 * max(pair.mismatches for pair in known) + 1
    parts2 = 2 * max(pair.mismatches2 for pair in known) + 1
    return _parts(len(known[0].index), parts), _parts(len(known[0].index2), parts2)


def _parts(length: int, parts: int) -> tuple[_Cut, ...]:
    if length <= parts:
        return ((slice(0, 0), ""),)  # too short to be cut: all of them are candidates
    ends = [length * number // parts for number in range(parts + 1)]
    return tuple((slice(ends[at], ends[at + 1]), str(at)) for at in range(parts))


def _keys(
    pair: IndexPair, cuts: Sequence[_Cut], cuts2: Sequence[_Cut]
) -> Iterator[tuple[str, ...]]:
    seconds = [(mark, pair.index2[part]) for part, mark in cuts2]
    for part, mark in cuts:
        first = pair.index[part]
        for second in seconds:
            yield (mark, first, *second)
