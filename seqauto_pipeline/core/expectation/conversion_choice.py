"""Which conversion made the FASTQs of a run, or will make them, and how it names them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from seqauto_pipeline.core.expectation.candidates import Candidate
from seqauto_pipeline.core.expectation.fits import Fit, Fitting, Presence
from seqauto_pipeline.core.expectation.outputs import (
    Output,
    compresses_so,
    converters_of,
    ending_of,
    is_of,
    output_to_come,
    outputs_of,
)
from seqauto_pipeline.core.expectation.paths import dashed
from seqauto_pipeline.core.expectation.samples import (
    ExpectedSample,
    ExpectingRun,
    SheetFacts,
    UsedSheet,
)
from seqauto_pipeline.core.layout import FileType

_LANE_OPTION = re.compile(r"\[([^\[\]]*\{lane(?:_code)?\}[^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Part:
    """Samples, or some of their lanes, that one attempt of a conversion covers."""

    sheet: UsedSheet  # of it, the lanes that no newer attempt covers
    outputs: tuple[Output, ...]
    whole_sheet: UsedSheet | None = None  # with the other lanes, of an older attempt

    @property
    def analysis(self) -> str | None:
        return self.outputs[0].analysis

    @property
    def is_awaited(self) -> bool:
        """Whether the conversion has begun and has not ended: nothing of it is missing yet."""
        return not all(each.has_ended for each in self.outputs)


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """The candidate that was chosen for one sample, or for some of its lanes."""

    sample: ExpectedSample
    candidate: Candidate
    others: tuple[Candidate, ...]
    is_awaited: bool
    analysis: str | None
    deleted_by: tuple[str, ...] = ()  # workflows that delete it, as the sheet has them
    is_in_cloud: bool = False


@dataclass(frozen=True, slots=True)
class _Option:
    """One conversion, all its attempts together, and how well it fits."""

    parts: tuple[tuple[Part, tuple[Fit, ...]], ...]
    superseded: tuple[Fit, ...] = ()  # what older attempts hold of lanes that newer ones cover

    @property
    def found(self) -> tuple[int, int]:
        best = [fits[0] for _, fits in self.parts if fits]
        return sum(each.found for each in best), sum(each.was_found for each in best)


def chosen_files(
    run: ExpectingRun,
    file_type: FileType,
    samples: tuple[ExpectedSample, ...],
    presence: Presence,
    sheets: Mapping[str, UsedSheet],
) -> Iterator[ChosenFile]:
    """Choose for each sample of the sheet, or of the sheets that conversions used, its files.

    The conversion of which most files are there wins for the whole run. A sample of which it
    has none is looked for in the others. Where nothing is there yet, instrument, converter and
    sheet say what is expected.
    """
    top = UsedSheet(samples, run.sheet)
    search = _Search(run, file_type, top, presence)
    options = search.options(outputs_of(file_type, presence.listing, presence.seen, sheets))
    if not options:
        return
    winner = max(options, key=lambda each: each.found)
    others = [fit for each in options for _, fits in each.parts for fit in fits if fit.is_known]
    for part, fits in winner.parts:
        deleted = _deleted(part, others)
        is_in_cloud = run.is_converted_in_cloud and _is_to_come(part) and not others
        for sample in part.sheet.samples:
            for each in _chosen(sample, part, fits, others, winner.superseded):
                gone = deleted.get(sample.slot, ())
                yield replace(each, deleted_by=gone, is_in_cloud=is_in_cloud)


def _is_to_come(part: Part) -> bool:
    return part.analysis is None and not any(each.is_listed for each in part.outputs)


def _deleted(part: Part, known: list[Fit]) -> dict[str, tuple[str, ...]]:
    """Name by slot the workflows that delete a sample's FASTQs, where none is there.

    Where some are there, somebody keeps them: then all are expected, as ever.
    """
    facts = part.sheet.facts
    if part.is_awaited or not facts.workflows:
        return {}
    names = {each.slot: facts.deleting_fastqs_of(each.sample_id) for each in part.sheet.samples}
    deleted = {slot: workflows for slot, workflows in names.items() if workflows}
    return {} if any(deleted.keys() & fit.listed for fit in known) else deleted


def _chosen(
    sample: ExpectedSample,
    part: Part,
    fits: tuple[Fit, ...],
    others: list[Fit],
    superseded: tuple[Fit, ...],
) -> Iterator[ChosenFile]:
    own = [fit for fit in fits if sample.slot in fit.candidates]
    elsewhere = [fit for fit in others if sample.slot in fit.candidates and fit not in own]
    fit = (
        next((each for each in own if sample.slot in each.listed), None)
        or next((each for each in elsewhere if sample.slot in each.listed), None)
        or next((each for each in own if sample.slot in each.seen), None)
        or next((each for each in elsewhere if sample.slot in each.seen), None)
        or next(iter(own), None)
    )
    if fit is None:
        return
    older = (each for each in superseded if sample.slot in each.candidates)
    rest = (each for each in (*own, *elsewhere, *older) if each is not fit and each.is_known)
    yield ChosenFile(
        sample=sample,
        candidate=fit.candidates[sample.slot],
        others=tuple(each.candidates[sample.slot] for each in rest),
        is_awaited=part.is_awaited and fit in own,
        analysis=part.analysis if fit in own else None,
    )


@dataclass(frozen=True, slots=True)
class _Search:
    run: ExpectingRun
    file_type: FileType
    top: UsedSheet
    presence: Presence

    def options(self, outputs: tuple[Output, ...]) -> tuple[_Option, ...]:
        """List the conversions to choose from, in order of preference."""
        found = [option for parts in self._parts(outputs) if (option := self._option(parts))]
        if any(option.found != (0, 0) for option in found):
            return tuple(found)
        if found:  # begun, or with reads of nobody in the sheet
            return tuple(found)
        to_come = output_to_come(self.file_type, self.run.converting_model, self.run.sheet)
        if to_come is None:
            return ()
        option = self._option((Part(self.top, (to_come,)),))
        return (option,) if option else ()

    def _parts(self, outputs: tuple[Output, ...]) -> Iterator[tuple[Part, ...]]:
        """Put the attempts of one conversion together; every other output stands for itself."""
        attempts: dict[str, dict[str, list[Output]]] = {}
        plain: list[Output] = []
        for output in outputs:
            if output.analysis is None:
                plain.append(output)
            elif output.has_reads or is_of(output.conversion, self.run.model):
                kind = re.sub(r"[0-9]+", "#", output.analysis)
                attempts.setdefault(kind, {}).setdefault(output.analysis, []).append(output)
        for each in attempts.values():
            yield parts_of_attempts(self.top, [self._attempt(group) for group in each.values()])
        for output in plain:
            if output.has_reads:
                yield parts_of_attempts(self.top, [Part(output.sheet or self.top, (output,))])

    def _attempt(self, outputs: list[Output]) -> Part:
        """Order the outputs of one attempt: what holds reads, what is there, what comes here."""

        def preference(output: Output) -> tuple[bool, bool, bool, bool]:
            return (
                not output.has_reads,
                not compresses_so(output.conversion, self.run.sheet),
                not output.is_listed,
                not is_of(output.conversion, self.run.model),
            )

        ordered = tuple(sorted(outputs, key=preference))
        sheet = next((each.sheet for each in ordered if each.sheet is not None), self.top)
        return Part(sheet, ordered)

    def _option(self, parts: tuple[Part, ...]) -> _Option | None:
        fitted = tuple((part, self._fits(part)) for part in parts)
        if not any(fits for _, fits in fitted):
            return None
        older = (replace(part, sheet=part.whole_sheet) for part in parts if part.whole_sheet)
        superseded = tuple(fit for part in older for fit in self._fits(part) if fit.found)
        return _Option(fitted, superseded)

    def _fits(self, part: Part) -> tuple[Fit, ...]:
        fitting = Fitting(self.run, part.sheet, self.presence)
        fits = self._ranked(part, fitting)
        best = fits[0] if fits and fits[0].found else None
        more = fitting.reads_made(best) if best else ()
        return self._ranked(part, replace(fitting, more_reads=more)) if more else fits

    def _ranked(self, part: Part, fitting: Fitting) -> tuple[Fit, ...]:
        fits = [
            fit
            for output in part.outputs
            for pattern in patterns_of_output(output, self.file_type, part.sheet)
            for fit in fitting.fits(pattern)
        ]
        return tuple(sorted(fits, key=lambda fit: fit.rank))  # stable: else as preferred


def parts_of_attempts(top: UsedSheet, attempts: list[Part]) -> tuple[Part, ...]:
    """Give each attempt the lanes that no newer one covers, from the newest that counts on.

    An attempt counts when it has ended and holds reads; before any has, the newest that holds
    some, and before that the newest that has begun. The sheet of the run folder stands for those
    lanes of which no sheet that was used tells.
    """
    newest_first = sorted(attempts, key=lambda each: each.outputs[0].order, reverse=True)
    with_reads = [each for each in newest_first if each.outputs[0].has_reads]
    ended = [each for each in with_reads if not each.is_awaited]
    first = next(iter(ended or with_reads or newest_first))
    older = [each for each in with_reads if each.outputs[0].order < first.outputs[0].order]
    parts: list[Part] = []
    left: set[int] | None = None  # lanes that are covered
    for attempt in (first, *older):
        rest = _without_lanes(attempt.sheet, left or set())
        if rest.samples:
            whole = attempt.sheet if attempt is not first else None
            parts.append(replace(attempt, sheet=rest, whole_sheet=whole))
        lanes = {row.lane for sample in attempt.sheet.samples for row in sample.rows}
        if None in lanes:
            return tuple(parts)
        left = (left or set()) | {lane for lane in lanes if lane is not None}
    rest = _without_lanes(top, left or set())
    return (*parts, replace(parts[-1], sheet=rest)) if rest.samples else tuple(parts)


def _without_lanes(sheet: UsedSheet, lanes: set[int]) -> UsedSheet:
    if not lanes:
        return sheet
    samples = []
    for sample in sheet.samples:
        rows = tuple(row for row in sample.rows if row.lane is not None and row.lane not in lanes)
        if rows:
            samples.append(replace(sample, rows=rows))
    return replace(sheet, samples=tuple(samples))


def patterns_of_output(output: Output, file_type: FileType, sheet: UsedSheet) -> tuple[str, ...]:
    """Give the ways in which the files of an output may be called, the likeliest first."""
    patterns = [
        pattern
        for converter in converters_of(output, sheet.facts.format)
        for naming in file_type.namings
        if naming.converter == converter
        for pattern in _with_and_without_lane(naming.pattern, sheet.facts)
    ]
    there = output.endings
    wanted = [each for each in patterns if not there or ending_of(each) in there]
    wanted.sort(key=lambda each: _is_compressed_otherwise(each, sheet.facts))
    below = dict.fromkeys(_reduced(each, sheet.samples) for each in wanted)
    return tuple(f"{output.directory}/{each}" for each in below)


def _with_and_without_lane(pattern: str, facts: SheetFacts) -> tuple[str, ...]:
    """Give a pattern for files of each lane, and for files of all lanes, by what the sheet says."""
    split, unsplit = _LANE_OPTION.sub(r"\1", pattern), _LANE_OPTION.sub("", pattern)
    is_off = facts.settings is not None and facts.settings.no_lane_splitting
    return tuple(dict.fromkeys((unsplit, split) if is_off else (split, unsplit)))


def _is_compressed_otherwise(pattern: str, facts: SheetFacts) -> bool:
    asked = facts.settings.compression if facts.settings else None
    is_ora = asked is not None and asked.startswith("dragen")
    return pattern.endswith(".ora") is not is_ora


def _reduced(pattern: str, samples: tuple[ExpectedSample, ...]) -> str:
    """Write a pattern in its simplest form, so that two that give the same paths are one."""
    if all(each.sample_id == each.sample_name for each in samples):
        pattern = pattern.replace("[{differing_id}/]", "")
        pattern = pattern.replace("{sample_name}", "{sample_id}")
        pattern = pattern.replace("{dashed_name}", "{dashed_id}")
    if all(dashed(each.sample_name) == each.sample_name for each in samples):
        pattern = pattern.replace("{dashed_name}", "{sample_name}")
    if all(dashed(each.sample_id) == each.sample_id for each in samples):
        pattern = pattern.replace("{dashed_id}", "{sample_id}")
    if not any(row.project for each in samples for row in each.rows):
        pattern = re.sub(r"^\[\{sample_project\}[^\[\]]*(\[[^\[\]]*\])?\]", "", pattern)
    return pattern
