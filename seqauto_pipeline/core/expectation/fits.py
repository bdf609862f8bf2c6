"""How well one way to name files fits what is on the disk, for all samples at once."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from seqauto_pipeline.core.expectation.candidates import Candidate, CandidatePath, paths_of
from seqauto_pipeline.core.expectation.paths import LANE_FIELDS
from seqauto_pipeline.core.expectation.reads import MADE_BY_MASKS
from seqauto_pipeline.core.expectation.samples import (
    ExpectedSample,
    ExpectingRun,
    LaneRow,
    UsedSheet,
)
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.pattern import fields_of
from seqauto_pipeline.core.sheet.conversion import FastqCompression

_NUMBER = "{sample_number}"
_FIXED_BEFORE_NUMBER = re.compile(r"([^{}\[\]/]*)\{sample_number\}")
_MOST_LANES = 8  # of a flowcell: where RunInfo is not known, files of these are looked for
# These have one lane, also where neither sheet nor RunInfo says so. Source: their system guides.
_SINGLE_LANE_MODELS = frozenset({"MiSeq", "MiSeq i100", "MiniSeq", "iSeq 100"})


@dataclass(frozen=True)
class Presence:
    """The files of a run folder: those that are listed, and those that an earlier scan saw."""

    listing: RunListing
    seen: frozenset[str]

    def is_listed(self, path: str) -> bool:
        entry = self.listing.find(path)
        return entry is not None and entry.is_there

    def has_more(self, folders: Iterable[str], than: Collection[str], pattern: str) -> bool:
        """Tell whether a directory holds files of the pattern's ending that are not these."""
        ending = pattern.rpartition("}")[2]
        listed = ((each, self.listing.directories.get(each)) for each in folders)
        return any(
            name.endswith(ending) and f"{folder}/{name}" not in than
            for folder, directory in listed
            for name in (directory.entries if directory else ())
        )

    def other_numbers(self, before: str) -> "Numbers":
        """Look files up whose S number, behind this fixed text, may be another than expected."""
        if before not in self._numbers:
            self._numbers[before] = Numbers(before, self)
        return self._numbers[before]

    @cached_property
    def _numbers(self) -> "dict[str, Numbers]":
        return {}


class Numbers:
    """Paths by what they are without the number of the sample."""

    def __init__(self, before: str, presence: Presence) -> None:
        self._number = re.compile(re.escape(before) + r"\d+")
        self._plain = f"{before}#"
        self._presence = presence
        self._folders: dict[str, dict[str, list[str]]] = {}
        self._seen: dict[str, list[str]] = {}
        for path in presence.seen:
            self._seen.setdefault(self.key(path), []).append(path)

    def key(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        return f"{folder}/{self._number.sub(self._plain, name)}"

    def listed(self, key: str) -> list[str]:
        folder = key.rpartition("/")[0]
        if folder not in self._folders:
            self._folders[folder] = self._listed_in(folder)
        return self._folders[folder].get(key, [])

    def seen(self, key: str) -> list[str]:
        return self._seen.get(key, [])

    def _listed_in(self, folder: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        directory = self._presence.listing.directories.get(folder)
        for name, entry in directory.entries.items() if directory else ():
            if entry.is_there:
                path = f"{folder}/{name}"
                found.setdefault(self.key(path), []).append(path)
        return found


@dataclass(frozen=True, slots=True)
class Fit:
    """A pattern, what it gives for each sample, and how much of it there is."""

    pattern: str
    candidates: Mapping[str, Candidate]  # by slot of the sample
    listed: frozenset[str]  # slots of samples that have a file
    seen: frozenset[str]  # slots of samples that had one at an earlier scan
    found: int  # files
    exact: int  # those among them that have the expected number
    was_found: int  # at an earlier scan

    @property
    def rank(self) -> tuple[int, int, int]:
        return (-self.found, -self.exact, -self.was_found)

    @property
    def is_known(self) -> bool:
        return bool(self.found or self.was_found)


@dataclass(frozen=True, slots=True)
class Fitting:
    """The samples of one sheet, to be fitted to patterns."""

    run: ExpectingRun
    sheet: UsedSheet
    presence: Presence
    more_reads: tuple[str, ...] = ()  # that masks outside the sheet made

    def fits(self, pattern: str) -> Iterator[Fit]:
        """Fit a pattern, with the numbers of the sheet's order and those of the lanes' order.

        bcl2fastq 2.17 and 2.18 sorted the rows by lane before they numbered the samples.
        Source: fls-bioinformatics-core/genomics PR#31.
        """
        fit = self._fit(pattern, self.sheet.samples)
        if fit is not None:
            yield fit
        if fit is None or fit.found == fit.exact or _NUMBER not in pattern:
            return
        by_lane = self._fit(pattern, _numbered_by_lane(self.sheet.samples))
        yield from () if by_lane is None else (by_lane,)

    def reads_made(self, best: Fit) -> tuple[str, ...]:
        """Name reads that files of the run have, and that a mask outside the sheet must have made.

        A read that some samples have is expected of all.
        """
        expected = {path.path for each in best.candidates.values() for path in each.paths}
        folders = {path.rpartition("/")[0] for path in expected}
        if not self.presence.has_more(folders, expected, best.pattern):
            return ()
        every = replace(self, more_reads=MADE_BY_MASKS)._fit(best.pattern, self.sheet.samples)
        made = {
            path.read
            for candidate in (every.candidates.values() if every else ())
            for path in candidate.paths
            if path.path not in expected and self.presence.is_listed(path.path)
        }
        return tuple(read for read in MADE_BY_MASKS if read in made)

    def _fit(self, pattern: str, samples: tuple[ExpectedSample, ...]) -> Fit | None:
        lanes = self._lanes(pattern, samples)
        given = {}
        for sample in samples:
            paths = self._paths(pattern, sample, lanes)
            if paths:
                given[sample.slot] = paths
        return self._resolved(pattern, given) if given else None

    def _paths(
        self, pattern: str, sample: ExpectedSample, lanes: Iterable[int]
    ) -> tuple[CandidatePath, ...] | None:
        rows = tuple(_rows(pattern, sample, lanes))
        facts = self.sheet.facts
        return paths_of(pattern, rows, sample, self.run, facts, self.more_reads) if rows else None

    def _lanes(self, pattern: str, samples: tuple[ExpectedSample, ...]) -> tuple[int, ...]:
        """Give the lanes of a sample whose row names none: RunInfo's, else those on the disk."""
        if self.run.lanes is not None:
            return tuple(range(1, self.run.lanes + 1))
        if not fields_of(pattern) & LANE_FIELDS:
            return ()
        on_disk = {
            path.lane
            for sample in samples
            if any(row.lane is None for row in sample.rows)
            for path in self._paths(pattern, sample, range(1, _MOST_LANES + 1)) or ()
            if path.lane is not None and self._is_there(pattern, path.path)
        }
        return tuple(sorted(on_disk)) or ((1,) if self.run.model in _SINGLE_LANE_MODELS else ())

    def _is_there(self, pattern: str, path: str) -> bool:
        before = _before_number(pattern)
        if self.presence.is_listed(path) or before is None:
            return self.presence.is_listed(path)
        numbers = self.presence.other_numbers(before)
        return bool(numbers.listed(numbers.key(path)))

    def _resolved(self, pattern: str, given: Mapping[str, tuple[CandidatePath, ...]]) -> Fit:
        """Look each path up; the only file with another number is the sample's."""
        settings = self.sheet.facts.settings
        is_interleaved = bool(
            settings and settings.compression is FastqCompression.DRAGEN_INTERLEAVED
        )
        resolving = _Resolving(
            self.presence, _before_number(pattern), given, is_interleaved=is_interleaved
        )
        candidates, listed, seen = {}, set(), set()
        for slot, paths in given.items():
            resolved = tuple(resolving.resolve(each) for each in paths)
            candidates[slot] = Candidate(pattern, resolved)
            if any(self.presence.is_listed(each.path) for each in resolved):
                listed.add(slot)
            if any(each.path in self.presence.seen for each in resolved):
                seen.add(slot)
        return Fit(
            pattern=pattern,
            candidates=candidates,
            listed=frozenset(listed),
            seen=frozenset(seen),
            found=resolving.found,
            exact=resolving.exact,
            was_found=resolving.was_found,
        )


class _Resolving:
    """Finds the file of each path of a pattern, and counts what it finds."""

    def __init__(
        self,
        presence: Presence,
        before: str | None,
        given: Mapping[str, tuple[CandidatePath, ...]],
        *,
        is_interleaved: bool,
    ) -> None:
        self._presence = presence
        self._numbers = None if before is None else presence.other_numbers(before)
        self._given = given
        self._is_interleaved = is_interleaved
        self.found = self.exact = self.was_found = 0

    @cached_property
    def _claims(self) -> Counter[str]:
        """Count the samples to which a file could belong by all but its number."""
        numbers = self._numbers
        return Counter(
            key
            for paths in self._given.values()
            for key in ({numbers.key(each.path) for each in paths} if numbers else ())
        )

    def resolve(self, wanted: CandidatePath) -> CandidatePath:
        if self._presence.is_listed(wanted.path):
            self.found += 1
            self.exact += 1
            return wanted
        other = self._with_other_number(wanted.path)
        if other is None and self._is_interleaved and wanted.read == "R1":
            other = self._of_both_reads(wanted.path)
        if other is not None and self._presence.is_listed(other):
            self.found += 1
        elif (other or wanted.path) in self._presence.seen:
            self.was_found += 1
        return wanted if other is None else wanted._replace(path=other)

    def _with_other_number(self, path: str) -> str | None:
        if self._numbers is None:
            return None
        key = self._numbers.key(path)
        listed, seen = self._numbers.listed(key), self._numbers.seen(key)
        if not (listed or seen) or self._claims[key] > 1:
            return None
        if path in seen and not listed:
            return None
        only = listed or seen
        return only[0] if len(only) == 1 else None

    def _of_both_reads(self, path: str) -> str | None:
        """Find the only file of a sample and lane: how interleaved reads are called is not told."""
        start, _, ending = path.rpartition("_R1_001")
        folder, _, name = start.rpartition("/")
        directory = self._presence.listing.directories.get(folder)
        named = [
            each
            for each in (directory.entries if directory else ())
            if each.startswith(f"{name}_") and each.endswith(ending)
        ]
        return f"{folder}/{named[0]}" if start and len(named) == 1 else None


def _before_number(pattern: str) -> str | None:
    """Give the fixed text before the number: ``_S``. None where a name could be mistaken for it."""
    match = _FIXED_BEFORE_NUMBER.search(pattern)
    return match[1] if match and match[1] else None


def _rows(pattern: str, sample: ExpectedSample, lanes: Iterable[int]) -> Iterator[LaneRow]:
    """Give the rows to expand a pattern with; a row without a lane stands for all of them."""
    if not fields_of(pattern) & LANE_FIELDS:
        yield from sample.rows
        return
    for row in sample.rows:
        if row.lane is not None:
            yield row
        else:
            yield from (replace(row, lane=lane) for lane in lanes)


def _numbered_by_lane(samples: tuple[ExpectedSample, ...]) -> tuple[ExpectedSample, ...]:
    """Number the samples as a converter does that sorts the rows by lane first."""
    rows = [
        (row.lane or 0, row.line, sample.sample_number, sample.sample_id)
        for sample in samples
        for row in sample.rows
    ]
    ids = dict.fromkeys(sample_id for *_, sample_id in sorted(rows))
    numbers = {sample_id: number for number, sample_id in enumerate(ids, 1)}
    return tuple(replace(each, sample_number=numbers[each.sample_id]) for each in samples)
