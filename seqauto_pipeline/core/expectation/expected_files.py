"""Which files should exist: sample sheet rows and a layout's patterns make expected files."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.expectation.candidates import Candidate, candidates_with
from seqauto_pipeline.core.expectation.paths import (
    expand,
    row_values,
    run_values,
    sample_values,
    usable_values,
    with_newest,
)
from seqauto_pipeline.core.expectation.samples import ExpectedSample, ExpectingRun
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Expect, FileType, Layout, Per, stem_of


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """One file that should exist."""

    file_type: FileType
    slot: str
    path: str
    sample_name: str | None = None
    lane: int | None = None
    read: int | None = None
    skipped: bool = False
    if_present: bool = False
    other_paths: tuple[str, ...] = ()  # where less preferred patterns would have it
    values_path: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.file_type.name, self.slot


def expected_files(
    run: ExpectingRun,
    samples: Iterable[ExpectedSample],
    layout: Layout,
    listing: RunListing,
    seen_paths: frozenset[str],
) -> tuple[ExpectedFile, ...]:
    """List the files that the sheet and the layout call for, each path once.

    ``seen_paths`` are those at which an earlier scan saw a file of this run. A sample that cannot
    be named safely gives no file; one that is optional is listed when it is there or was seen.
    """
    nameable = [sample for sample in samples if sample.can_be_named]
    of_run = run_values(run)
    values = {each.slot: usable_values(of_run | sample_values(each)) for each in nameable}
    found: dict[str, ExpectedFile] = {}
    by_type: dict[str, list[ExpectedFile]] = {}
    for file_type in layout.file_types:
        builder = _Builder(run, layout, file_type, listing, seen_paths, values)
        for file in builder.files(nameable, by_type):
            first = found.setdefault(file.path, file)
            if first is file:
                by_type.setdefault(file_type.name, []).append(file)
            elif first.key == file.key and first.if_present:
                found[file.path] = file  # optional for one kit, and not for another
    return tuple(file for file in found.values() if _is_asked_for(file, listing, seen_paths))


def _is_asked_for(file: ExpectedFile, listing: RunListing, seen_paths: frozenset[str]) -> bool:
    return not file.if_present or file.path in seen_paths or is_listed(listing, file.path)


def is_listed(listing: RunListing, path: str) -> bool:
    entry = listing.find(path)
    return entry is not None and entry.is_there


@dataclass(frozen=True, slots=True)
class _Builder:
    """Builds the expected files of one type of one run."""

    run: ExpectingRun
    layout: Layout
    file_type: FileType
    listing: RunListing
    seen_paths: frozenset[str]
    values: Mapping[str, Mapping[str, str]]  # by slot of a sample: what its paths may have in them

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
                path = expand(pattern, with_newest(pattern, values, self.listing))
                if path is not None:
                    optional = pattern not in file_type.patterns
                    yield ExpectedFile(
                        file_type, path, path, if_present=optional or _is_optional(file_type)
                    )

    def _of_files(self, sources: list[ExpectedFile]) -> Iterator[ExpectedFile]:
        of_run = usable_values(run_values(self.run))
        for source in sources:
            values = of_run | usable_values({"stem": stem_of(source.path)})
            for pattern in self.file_type.patterns:
                path = expand(pattern, values)
                if path is not None:
                    yield ExpectedFile(
                        self.file_type,
                        source.slot,
                        path,
                        source.sample_name,
                        source.lane,
                        source.read,
                        skipped=source.skipped,
                        if_present=_is_optional(self.file_type),
                    )
                    break

    def _of_samples(self, samples: list[ExpectedSample]) -> Iterator[ExpectedFile]:
        kits = {sample.enrichment_kit for sample in samples}
        types = {kit: self._type_for(kit) for kit in kits}
        candidates = {
            sample.slot: candidates_with(
                types[sample.enrichment_kit],
                sample,
                self.run,
                self.layout,
                self.listing,
                self.values[sample.slot],
            )
            for sample in samples
        }
        chosen = self._choose(candidates)
        for sample in samples:
            candidate = chosen.get(sample.slot)
            if candidate is not None:
                file_type = types[sample.enrichment_kit]
                yield from self._at(sample, file_type, candidate, candidates[sample.slot])

    def _type_for(self, kit: str | None) -> FileType:
        types = self.layout.types_for(kit)
        return next(each for each in types if each.name == self.file_type.name)

    def _choose(self, candidates: Mapping[str, tuple[Candidate, ...]]) -> dict[str, Candidate]:
        """Choose a candidate per sample: which has a file, had one, is most used, comes first."""
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
        return next(
            (each for each in usable if any(test(place.path) for place in each.paths)), None
        )

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
        others: dict[str, list[str]] = {}  # by slot
        for candidate in usable:
            if candidate is not chosen:
                for other in candidate.paths:
                    others.setdefault(other.slot, []).append(other.path)
        for place in chosen.paths:
            yield ExpectedFile(
                file_type,
                place.slot,
                place.path,
                sample.sample_name,
                place.lane,
                place.read,
                skipped=sample.skipped,
                if_present=_is_optional(file_type),
                other_paths=tuple(
                    path for path in others.get(place.slot, ()) if path != place.path
                ),
                values_path=values_path,
            )

    def _values_path(self, file_type: FileType, sample: ExpectedSample) -> str | None:
        if file_type.values is None:
            return None
        of_row = usable_values(row_values(sample.rows[0]))
        return expand(file_type.values, {**self.values[sample.slot], **of_row})


def _is_optional(file_type: FileType) -> bool:
    return file_type.expect is Expect.IF_PRESENT


def _default(usable: tuple[Candidate, ...], used: Counter[str]) -> Candidate:
    """Choose where nothing is there: as most samples of the run, else the first of the sheet."""
    most_used = max(usable, key=lambda candidate: used[candidate.pattern])
    if used[most_used.pattern]:
        return most_used
    of_the_sheet = (candidate for candidate in usable if not candidate.needs_run_info_lanes)
    return next(of_the_sheet, usable[0])
