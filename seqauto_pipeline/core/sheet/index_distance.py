"""Which index pairs of a sheet lie too close together, without comparing each with each."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import NamedTuple

# Bounds on the work of one sheet, about half a second; no sheet that is in order comes near them
_MAX_PAIRS = 25_000
_MAX_COMPARED = 250_000
_COMPARABLE = re.compile("[ACGTN]{0,100}")  # no instrument reads more
_BITS = str.maketrans({"A": "1", "C": "2", "G": "4", "T": "8", "N": "f"})
_MAX_CLOSE = 2_000  # pairs reported; the problems are bounded further


class IndexPair(NamedTuple):  # a sheet may have a hundred thousand
    """The bases that tell one sample from another, and how many may be misread."""

    i7: str
    i5: str  # empty: a single index
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
    for place, pair in enumerate(pairs[:_MAX_PAIRS]):
        if _COMPARABLE.fullmatch(pair.i7) and _COMPARABLE.fullmatch(pair.i5):
            groups[len(pair.i7), len(pair.i5)].append(place)
    close: list[tuple[int, int, tuple[int, int]]] = []
    compared = 0
    for (length, length2), group in groups.items():
        codes = {place: (_code(pairs[place].i7), _code(pairs[place].i5)) for place in group}
        ones, ones2 = _ones(length), _ones(length2)
        for one, two in _candidates(pairs, group):
            compared += 1
            if compared > _MAX_COMPARED or len(close) >= _MAX_CLOSE:
                return Closeness(tuple(close), incomplete=True)
            (first, first2), (second, second2) = codes[one], codes[two]
            distance = _distance(first, second, ones)
            if distance > pairs[one].mismatches + pairs[two].mismatches:
                continue
            distance2 = _distance(first2, second2, ones2)
            if distance2 <= pairs[one].mismatches2 + pairs[two].mismatches2:
                close.append((one, two, (distance, distance2)))
    return Closeness(tuple(close), incomplete=len(pairs) > _MAX_PAIRS)


def _code(bases: str) -> int:
    """Write each base as one bit of four, and N as all of them: what agrees has a bit in common."""
    return int(bases.translate(_BITS) or "0", 16)


def _ones(length: int) -> int:
    return int("1" * length or "0", 16)


def _distance(one: int, two: int, ones: int) -> int:
    common = one & two
    agreeing = (common | common >> 1 | common >> 2 | common >> 3) & ones
    return ones.bit_count() - agreeing.bit_count()


def _candidates(pairs: Sequence[IndexPair], group: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs that may collide, each once.

    Two texts that differ in at most d places, cut into d + 1 parts, agree in one part at least. So
    those that collide share a part of the index and a part of index2.
    """
    masked = {place for place in group if "N" in pairs[place].i7 + pairs[place].i5}
    bare = [place for place in group if place not in masked]
    met: set[tuple[int, int]] = set()
    for part, part2 in _parts_of_both([pairs[place] for place in group]):
        buckets: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place in bare:
            pair = pairs[place]
            buckets[pair.i7[part], pair.i5[part2]].append(place)
        for bucket in buckets.values():
            for both in combinations(bucket, 2):
                if both not in met:
                    met.add(both)
                    yield both
    before = list(bare)
    for place in sorted(masked):
        yield from ((other, place) for other in before)
        before.append(place)


def _parts_of_both(pairs: Sequence[IndexPair]) -> Iterator[tuple[slice, slice]]:
    """Cut index and index2 of pairs of one length into parts of about one length each."""
    allowed = 2 * max(pair.mismatches for pair in pairs)
    allowed2 = 2 * max(pair.mismatches2 for pair in pairs)
    return product(_parts(len(pairs[0].i7), allowed + 1), _parts(len(pairs[0].i5), allowed2 + 1))


def _parts(length: int, parts: int) -> tuple[slice, ...]:
    if length <= parts:
        return (slice(0, 0),)  # too short to be cut: all of them are candidates
    ends = [length * number // parts for number in range(parts + 1)]
    return tuple(slice(start, end) for start, end in pairwise(ends))
