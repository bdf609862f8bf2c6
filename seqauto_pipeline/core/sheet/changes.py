"""What changed between two versions of a run's sample sheet, sample by sample."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from types import MappingProxyType

from seqauto_pipeline.core.display import quoted
from seqauto_pipeline.core.sheet.sample_sheet import SheetSample


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one sample that differs."""

    sample_name: str
    field: str  # as in SheetSample; an extra column by its own name
    old: str | None
    new: str | None
    meaningful: bool  # somebody should look at it; False: worth a note


@dataclass(frozen=True, slots=True)
class SheetDifference:
    """How the samples of two sheets differ. Empty where only other text changed."""

    added: tuple[str, ...]  # sample names, in the order of the new sheet
    removed: tuple[str, ...]  # likewise, of the old one
    changes: tuple[FieldChange, ...]
    swaps: tuple[tuple[str, str], ...] = ()  # samples that took each other's lanes and indexes

    @property
    def meaningful(self) -> bool:
        """Tell whether the sample set, an index, a lane, a kit or a failed flag changed."""
        changed = any(change.meaningful for change in self.changes)
        return changed or bool(self.added or self.removed)

    @property
    def lines(self) -> tuple[str, ...]:
        """Say it to people: one line per sample added or removed and per field changed."""
        return (
            *(f"Sample {quoted(name)} was added." for name in self.added),
            *(f"Sample {quoted(name)} was removed." for name in self.removed),
            *(_swap_line(*pair, self.changes) for pair in self.swaps),
            *map(_line, self._beside_swaps()),
        )

    @property
    def sequenced_otherwise(self) -> frozenset[str]:
        """Samples whose reads are now others: an index or a lane of theirs changed."""
        return frozenset(
            change.sample_name for change in self.changes if change.field in _WHICH_READS
        )

    def _beside_swaps(self) -> Iterator[FieldChange]:
        """Give the changes that a swap does not say already."""
        partner = {name: other for pair in self.swaps for name, other in (pair, pair[::-1])}
        every = frozenset(self.changes)
        for change in self.changes:
            other = partner.get(change.sample_name)
            if other is None or _mirrored(change, other) not in every:
                yield change


_WHICH_READS = frozenset({"index", "index2", "lane"})
_Reader = Callable[[SheetSample], str | None]

_MEANINGFUL: Mapping[str, _Reader] = MappingProxyType(
    {
        "sample_id": lambda sample: sample.sample_id,
        "index": lambda sample: sample.index,
        "index2": lambda sample: sample.index2,
        "enrichment_kit": lambda sample: sample.enrichment_kit,
        "failed": lambda sample: "yes" if sample.failed else "no",
    }
)
_NOTED: Mapping[str, _Reader] = MappingProxyType(
    {
        "sample_project": lambda sample: sample.sample_project,
        "sample_number": lambda sample: str(sample.sample_number),
        "override_cycles": lambda sample: sample.override_cycles,
    }
)


def compare_sheets(old: Iterable[SheetSample], new: Iterable[SheetSample]) -> SheetDifference:
    """Compare two versions. Samples are matched by name, their rows by lane."""
    before, after = _by_name(old), _by_name(new)
    changes: list[FieldChange] = []
    for name, samples in after.items():
        if name in before:
            changes.extend(_sample_changes(name, before[name], samples))
    return SheetDifference(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changes=tuple(dict.fromkeys(changes)),
        swaps=tuple(_swaps(before, after)),
    )


def _swaps(
    before: Mapping[str, list[SheetSample]], after: Mapping[str, list[SheetSample]]
) -> Iterator[tuple[str, str]]:
    """Find pairs of samples of which each now stands where the other stood, by lane and index."""
    both = [name for name in after if name in before]
    stood = {name: _places(before[name]) for name in both}
    stands = {name: _places(after[name]) for name in both}
    moved = [name for name in both if stood[name] != stands[name]]
    by_old_place: dict[object, list[str]] = defaultdict(list)
    for name in moved:
        by_old_place[stood[name]].append(name)
    told: set[str] = set()
    for name in moved:
        for other in by_old_place[stands[name]]:
            if stands[other] == stood[name] and not told & {name, other}:
                told |= {name, other}
                yield name, other


def _places(samples: list[SheetSample]) -> tuple[tuple[int, str, str], ...]:
    rows = ((_lane_number(each), each.index or "", each.index2 or "") for each in samples)
    return tuple(sorted(rows))


def _by_name(samples: Iterable[SheetSample]) -> dict[str, list[SheetSample]]:
    by_name: dict[str, list[SheetSample]] = defaultdict(list)
    for sample in samples:
        by_name[sample.sample_name].append(sample)
    for same in by_name.values():
        same.sort(key=_order)
    return dict(by_name)


def _order(sample: SheetSample) -> tuple[int, tuple[str, ...]]:
    """Rows of one lane stand in the order of what they say, not of the file."""
    fields = (*_MEANINGFUL.values(), *_NOTED.values())
    return _lane_number(sample), tuple(read(sample) or "" for read in fields)


def _lane_number(sample: SheetSample) -> int:
    return -1 if sample.lane is None else sample.lane


def _sample_changes(
    name: str, old: list[SheetSample], new: list[SheetSample]
) -> Iterator[FieldChange]:
    lanes_before, lanes_after = _lanes(old), _lanes(new)
    if lanes_before != lanes_after:
        yield FieldChange(name, "lane", lanes_before, lanes_after, meaningful=True)
    for before, after in _matched(old, new):
        if before is not None and after is not None:
            if before.lane != after.lane and lanes_before == lanes_after:
                here, there = _lanes([before]), _lanes([after])
                yield FieldChange(name, "lane", here, there, meaningful=True)
            yield from _row_changes(name, before, after)
        elif lanes_before == lanes_after:  # else the change of lanes says it
            yield FieldChange(name, "index", _pair(before), _pair(after), meaningful=True)


def _lanes(samples: list[SheetSample]) -> str | None:
    lanes = sorted({sample.lane for sample in samples if sample.lane is not None})
    return "+".join(map(str, lanes)) or None


def _matched(
    old: list[SheetSample], new: list[SheetSample]
) -> Iterator[tuple[SheetSample | None, SheetSample | None]]:
    """Match the rows of one lane in order; what is left on both sides, in order as well."""
    before, after = _by_lane(old), _by_lane(new)
    left: list[SheetSample] = []
    right: list[SheetSample] = []
    for lane in dict.fromkeys((*before, *after)):
        here, there = before.get(lane, []), after.get(lane, [])
        shared = min(len(here), len(there))
        yield from zip(here[:shared], there[:shared], strict=True)
        left += here[shared:]
        right += there[shared:]
    yield from zip_longest(left, right)


def _by_lane(samples: list[SheetSample]) -> dict[int | None, list[SheetSample]]:
    lanes: dict[int | None, list[SheetSample]] = defaultdict(list)
    for sample in samples:
        lanes[sample.lane].append(sample)
    return lanes


def _row_changes(name: str, old: SheetSample, new: SheetSample) -> Iterator[FieldChange]:
    for fields, meaningful in ((_MEANINGFUL, True), (_NOTED, False)):
        for field, read in fields.items():
            before, after = read(old), read(new)
            if before != after:
                yield FieldChange(name, field, before, after, meaningful=meaningful)
    extra_before, extra_after = dict(old.extra), dict(new.extra)
    for column in dict.fromkeys((*extra_before, *extra_after)):
        before, after = extra_before.get(column), extra_after.get(column)
        if before != after:
            yield FieldChange(name, column, before, after, meaningful=False)


def _pair(sample: SheetSample | None) -> str | None:
    if sample is None:
        return None
    return "-".join(filter(None, (sample.index, sample.index2))) or None


def _mirrored(change: FieldChange, other: str) -> FieldChange:
    return replace(change, sample_name=other, old=change.new, new=change.old)


def _swap_line(name: str, other: str, changes: Iterable[FieldChange]) -> str:
    mine = (each for each in changes if each.sample_name == name and each.field in _WHICH_READS)
    now = ", ".join(f"{each.field} {quoted(each.new or 'none')}" for each in mine)
    return (
        f"Samples {quoted(name)} and {quoted(other)} were swapped: {quoted(name)} now has "
        f"{now}, as {quoted(other)} had, and the other way round."
    )


def _line(change: FieldChange) -> str:
    old, new = ("none" if value is None else quoted(value) for value in (change.old, change.new))
    return f"Sample {quoted(change.sample_name)}: {change.field} changed from {old} to {new}."
