"""Which files should exist: sample sheet rows and a layout's patterns make expected files."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from seqauto_pipeline.core.expectation.candidates import Candidate, candidates_with
from seqauto_pipeline.core.expectation.conversion_choice import chosen_files
from seqauto_pipeline.core.expectation.fits import Presence
from seqauto_pipeline.core.expectation.open_directories import closed, has_open_directory
from seqauto_pipeline.core.expectation.paths import (
    ROW_FIELDS,
    expand,
    run_values,
    sample_values,
    usable_values,
    values_of_row,
)
from seqauto_pipeline.core.expectation.reads import MADE_BY_MASKS
from seqauto_pipeline.core.expectation.samples import ExpectedSample, ExpectingRun, UsedSheet
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Expect, FileType, Layout, Per
from seqauto_pipeline.core.pattern import fields_of, stem_of


class ExpectedFile(NamedTuple):  # a disk has millions
    """One file that should exist."""

    file_type: FileType
    slot: str
    path: str
    sample_name: str | None = None
    lane: int | None = None
    read: int | None = None  # None of an index read, too
    skipped: bool = False
    if_present: bool = False
    other_paths: tuple[str, ...] = ()  # where less preferred patterns would have it
    values_path: str | None = None
    is_awaited: bool = False  # what makes it has begun and has not ended
    analysis: str | None = None  # on the instrument, which makes it: Analysis/2
    deleted_by: tuple[str, ...] = ()  # workflows of DRAGEN: then it is skipped
    is_in_cloud: bool = False  # where it is made: skipped, too

    @property
    def key(self) -> tuple[str, str]:
        return self.file_type.name, self.slot


def expected_files(
    run: ExpectingRun,
    samples: Iterable[ExpectedSample],
    layout: Layout,
    listing: RunListing,
    seen_paths: frozenset[str],
    used_sheets: Mapping[str, UsedSheet] | None = None,
    retired_paths: frozenset[str] = frozenset(),
) -> tuple[ExpectedFile, ...]:
    """List the files that the sheet and the layout call for, each path once.

    ``seen_paths`` are those at which an earlier scan saw a file of this run, ``retired_paths``
    those of files that the last sheet did not ask for; ``used_sheets`` the sheets that conversions
    left beside their files, by path. A sample that cannot be named safely gives no file; a file
    that is optional is listed when it is there or was ever seen.
    """
    nameable = [sample for sample in samples if sample.can_be_named]
    sheets = {path: _nameable(sheet) for path, sheet in (used_sheets or {}).items()}
    of_run = run_values(run)
    values = {each.slot: usable_values(of_run | sample_values(each)) for each in nameable}
    found: dict[str, ExpectedFile] = {}
    by_type: dict[str, list[ExpectedFile]] = {}
    for file_type in layout.file_types:
        builder = _Builder(run, layout, file_type, listing, seen_paths, values, sheets)
        for file in builder.files(nameable, by_type):
            first = found.setdefault(file.path, file)
            if first is file:
                by_type.setdefault(file_type.name, []).append(file)
            elif first.key == file.key and first.if_present:
                found[file.path] = file  # optional for one kit, and not for another
    ever_seen = seen_paths | retired_paths
    return tuple(file for file in found.values() if _is_asked_for(file, listing, ever_seen))


def _nameable(sheet: UsedSheet) -> UsedSheet:
    return replace(sheet, samples=tuple(each for each in sheet.samples if each.can_be_named))


def _is_asked_for(file: ExpectedFile, listing: RunListing, ever_seen: frozenset[str]) -> bool:
    return not file.if_present or file.path in ever_seen or is_listed(listing, file.path)


def is_listed(listing: RunListing, path: str) -> bool:
    entry = listing.find(path)
    return entry is not None and entry.is_there


def candidates_of(
    file_type: FileType,
    sample: ExpectedSample,
    run: ExpectingRun,
    layout: Layout,
    listing: RunListing,
) -> tuple[Candidate, ...]:
    """Usable patterns of a type for one sample, in order of preference, with their paths."""
    if file_type.conversions:
        presence = Presence(listing, frozenset())
        chosen = chosen_files(run, file_type, (sample,), presence, {})
        return tuple(candidate for each in chosen for candidate in (each.candidate, *each.others))
    of_sample = usable_values(run_values(run) | sample_values(sample))
    return candidates_with(file_type, sample, run, layout, listing, of_sample)


@dataclass(frozen=True, slots=True)
class _Builder:
    """Builds the expected files of one type of one run."""

    run: ExpectingRun
    layout: Layout
    file_type: FileType
    listing: RunListing
    seen_paths: frozenset[str]
    values: Mapping[str, Mapping[str, str]]  # by slot of a sample: what its paths may have in them
    used_sheets: Mapping[str, UsedSheet]

    def files(
        self, samples: list[ExpectedSample], by_type: Mapping[str, list[ExpectedFile]]
    ) -> Iterator[ExpectedFile]:
        if self.file_type.per is Per.RUN:
            return self._of_run(samples)
        if self.file_type.per is Per.FILE:
            return self._of_files(by_type.get(self.file_type.of or "", []))
        return self._of_samples(samples)

    def _of_run(self, samples: list[ExpectedSample]) -> Iterator[ExpectedFile]:
        """One file for each pattern of each kit that the samples have."""
        kits = dict.fromkeys(sample.enrichment_kit for sample in samples)
        for kit in kits or {self.run.enrichment_kit: None}:
            file_type = self._type_for(kit)
            values = usable_values(run_values(self.run) | {"enrichment_kit": kit})
            for pattern in (*file_type.patterns, *file_type.patterns_if_present):
                plain = closed(pattern, self.listing)
                path = None if plain is None else expand(plain, values)
                if path is not None:
                    optional = pattern not in file_type.patterns
                    yield ExpectedFile(
                        file_type, path, path, if_present=optional or _is_optional(file_type)
                    )

    def _of_files(self, sources: list[ExpectedFile]) -> Iterator[ExpectedFile]:
        of_run = usable_values(run_values(self.run))
        file_type = self._type_for(self.run.enrichment_kit)
        is_optional = _is_optional(file_type)
        for source in sources:
            values = of_run | {"stem": stem_of(source.path)}
            for pattern in file_type.patterns:
                path = expand(pattern, values)
                if path is not None:
                    yield ExpectedFile(
                        file_type,
                        source.slot,
                        path,
                        source.sample_name,
                        source.lane,
                        source.read,
                        skipped=source.skipped,
                        if_present=is_optional,
                    )
                    break

    def _of_samples(self, samples: list[ExpectedSample]) -> Iterator[ExpectedFile]:
        types = {kit: self._type_for(kit) for kit in {each.enrichment_kit for each in samples}}
        if not any(each.conversions for each in types.values()):
            yield from self._of_patterns(samples, types)
            return
        converted = [each for each in samples if types[each.enrichment_kit].conversions]
        rest = [each for each in samples if not types[each.enrichment_kit].conversions]
        yield from self._of_conversions(converted)
        yield from self._of_patterns(rest, types)

    def _of_conversions(self, samples: list[ExpectedSample]) -> Iterator[ExpectedFile]:
        presence = Presence(self.listing, self.seen_paths)
        chosen = chosen_files(self.run, self.file_type, tuple(samples), presence, self.used_sheets)
        for each in chosen:
            for file in self._at(each.sample, self.file_type, each.candidate, each.others):
                yield file._replace(
                    skipped=file.skipped or bool(each.deleted_by) or each.is_in_cloud,
                    is_awaited=each.is_awaited,
                    analysis=each.analysis,
                    deleted_by=each.deleted_by,
                    is_in_cloud=each.is_in_cloud,
                )

    def _of_patterns(
        self, samples: list[ExpectedSample], types: Mapping[str | None, FileType]
    ) -> Iterator[ExpectedFile]:
        if self.file_type.per is Per.SAMPLE and all(map(_leaves_no_choice, types.values())):
            yield from self._one_of_each(samples, types)
            return
        candidates = self._candidates(samples, types)
        chosen = self._choose(candidates)
        if self.file_type.per is Per.READ and (made := self._reads_made(samples, types, chosen)):
            candidates = self._candidates(samples, types, made)
            chosen = self._choose(candidates)
        for sample in samples:
            candidate = chosen.get(sample.slot)
            if candidate is not None:
                file_type = types[sample.enrichment_kit]
                yield from self._at(sample, file_type, candidate, candidates[sample.slot])

    def _one_of_each(
        self, samples: list[ExpectedSample], types: Mapping[str | None, FileType]
    ) -> Iterator[ExpectedFile]:
        """One file of each sample, as of most types: there is nothing to choose."""
        for sample in samples:
            file_type = types[sample.enrichment_kit]
            (pattern,) = file_type.patterns
            path = expand(pattern, self.values[sample.slot]) if sample.rows else None
            if path is not None:
                yield ExpectedFile(
                    file_type,
                    sample.slot,
                    path,
                    sample.sample_name,
                    skipped=sample.skipped,
                    if_present=_is_optional(file_type),
                    values_path=self._values_path(file_type, sample),
                )

    def _candidates(
        self,
        samples: list[ExpectedSample],
        types: Mapping[str | None, FileType],
        more_reads: tuple[str, ...] = (),
    ) -> dict[str, tuple[Candidate, ...]]:
        return {
            sample.slot: candidates_with(
                types[sample.enrichment_kit],
                sample,
                self.run,
                self.layout,
                self.listing,
                self.values[sample.slot],
                more_reads,
            )
            for sample in samples
        }

    def _reads_made(
        self,
        samples: list[ExpectedSample],
        types: Mapping[str | None, FileType],
        chosen: Mapping[str, Candidate],
    ) -> tuple[str, ...]:
        """Name reads that some samples have, and that a mask outside the sheet must have made."""
        expected = {each.path for candidate in chosen.values() for each in candidate.paths}
        folders = {path.rpartition("/")[0] for path in expected}
        presence = Presence(self.listing, self.seen_paths)
        patterns = {candidate.pattern for candidate in chosen.values()}
        if not any(presence.has_more(folders, expected, pattern) for pattern in patterns):
            return ()
        every = self._candidates(samples, types, MADE_BY_MASKS)
        made = {
            path.read
            for slot, candidate in chosen.items()
            for other in every[slot]
            if other.pattern == candidate.pattern
            for path in other.paths
            if path.path not in expected and presence.is_listed(path.path)
        }
        return tuple(read for read in MADE_BY_MASKS if read in made)

    def _type_for(self, kit: str | None) -> FileType:
        types = self.layout.types_for(kit)
        return next(each for each in types if each.name == self.file_type.name)

    def _choose(self, candidates: Mapping[str, tuple[Candidate, ...]]) -> dict[str, Candidate]:
        """Choose a candidate per sample: which has a file, had one, is most used, comes first."""
        if all(len(usable) < 2 for usable in candidates.values()):  # as for most types: no choice
            return {slot: usable[0] for slot, usable in candidates.items() if usable}
        chosen: dict[str, Candidate] = {}
        for slot, usable in candidates.items():
            known = self._first_with(usable, self._is_there) or self._first_with(
                usable, self.seen_paths.__contains__
            )
            if known is not None:
                chosen[slot] = known
        used = Counter(candidate.pattern for candidate in chosen.values())
        for slot, usable in candidates.items():
            if slot not in chosen and usable:
                chosen[slot] = _default(usable, used)
        return chosen

    def _first_with(
        self, usable: tuple[Candidate, ...], test: Callable[[str], bool]
    ) -> Candidate | None:
        return next((each for each in usable if any(test(path.path) for path in each.paths)), None)

    def _is_there(self, path: str) -> bool:
        return is_listed(self.listing, path)

    def _at(
        self,
        sample: ExpectedSample,
        file_type: FileType,
        chosen: Candidate,
        usable: tuple[Candidate, ...],
    ) -> Iterator[ExpectedFile]:
        values_path = self._values_path(file_type, sample)
        others = _paths_by_slot(each for each in usable if each is not chosen)
        is_optional = _is_optional(file_type)
        for path in chosen.paths:
            yield ExpectedFile(
                file_type,
                path.slot,
                path.path,
                sample.sample_name,
                path.lane,
                path.read_number,
                sample.skipped,
                is_optional,
                tuple(each for each in others.get(path.slot, ()) if each != path.path),
                values_path,
            )

    def _values_path(self, file_type: FileType, sample: ExpectedSample) -> str | None:
        if file_type.values is None:
            return None
        return expand(file_type.values, values_of_row(self.values[sample.slot], sample.rows[0]))


def _leaves_no_choice(file_type: FileType) -> bool:
    """Tell whether the type has one pattern, which what is listed and the rows do not change."""
    if len(file_type.patterns) != 1:
        return False
    (pattern,) = file_type.patterns
    return not has_open_directory(pattern) and fields_of(pattern).isdisjoint(ROW_FIELDS)


def _is_optional(file_type: FileType) -> bool:
    return file_type.expect is Expect.IF_PRESENT


def _paths_by_slot(candidates: Iterable[Candidate]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for candidate in candidates:
        for path in candidate.paths:
            found.setdefault(path.slot, []).append(path.path)
    return found


def _default(usable: tuple[Candidate, ...], used: Counter[str]) -> Candidate:
    """Choose where nothing is there: as most samples of the run, else the first of the sheet."""
    most_used = max(usable, key=lambda candidate: used[candidate.pattern])
    if used[most_used.pattern]:
        return most_used
    of_the_sheet = (candidate for candidate in usable if not candidate.needs_run_info_lanes)
    return next(of_the_sheet, usable[0])
