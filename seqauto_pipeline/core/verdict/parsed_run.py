"""The small inputs of one run folder, read: what its sheet and its metadata say."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from seqauto_pipeline.core.file_list import InputRole, RunListing, SmallInput
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.run_completion import RunCompletion, parse_run_completion
from seqauto_pipeline.core.metadata.run_facts import RunFacts, derive_run_facts
from seqauto_pipeline.core.metadata.run_info import RunInfo, parse_run_info
from seqauto_pipeline.core.metadata.run_parameters import RunParameters, parse_run_parameters
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.codes import RuleLevel, with_levels
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.rules import FlowcellFacts, judge, reading_problems
from seqauto_pipeline.core.sheet.sample_sheet import SampleSheet, SheetColumns, SheetSample


@dataclass(frozen=True, slots=True)
class SheetPolicy:
    """What a laboratory makes of its sheets: columns it adds, rules it changes, controls."""

    columns: SheetColumns = field(default_factory=SheetColumns)
    control_regex: str | None = None  # searched for in the sample name
    levels: Mapping[str, RuleLevel] = field(default_factory=dict)  # by code
    levels_for_kit: Mapping[str, Mapping[str, RuleLevel]] = field(default_factory=dict)
    converter: Converter | None = None  # the laboratory's, for sheets that several could read

    def levels_of(self, kit: str | None) -> Mapping[str, RuleLevel]:
        by_name = {name.casefold(): levels for name, levels in self.levels_for_kit.items()}
        return {**self.levels, **by_name.get((kit or "").casefold(), {})}


@dataclass(frozen=True, slots=True)
class JudgedSample:
    """One row of a sheet, with what the settings and the rules make of it."""

    sample: SheetSample
    is_control: bool
    automatically_process: bool  # whether jobs may make files for it
    enrichment_kit: str | None  # the sheet's, else the directory's

    @property
    def skipped(self) -> bool:
        return self.is_control or self.sample.failed


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sample sheet that could be read."""

    path: str  # relative to the run folder
    md5: str
    sheet: SampleSheet
    samples: tuple[JudgedSample, ...]


@dataclass(frozen=True, slots=True)
class ParsedRun:
    """What the sheet and the metadata of one run say. Problems carry their file's path."""

    root: str
    path: str  # of the run folder, below the root
    facts: RunFacts
    directory_kit: str | None
    sheet: ReadSheet | None  # None: there is none, or it cannot be read
    problems: tuple[Problem, ...]
    completion: RunCompletion | None = None  # None: the instrument says nothing of its end
    used_sheets: tuple[ReadSheet, ...] = ()  # by conversions, where they are not the run's own


def parse_run(listing: RunListing, layout: Layout, policy: SheetPolicy) -> ParsedRun:
    """Read and judge the small inputs of one run folder; what is wrong with them is data."""
    info, info_problems = _run_info(listing.inputs.get(InputRole.RUN_INFO))
    parameters, more_problems = _run_parameters(listing.inputs.get(InputRole.RUN_PARAMETERS))
    facts, fact_problems = derive_run_facts(listing.name, info, parameters)
    completion, end_problems = _run_completion(listing.inputs.get(InputRole.RUN_COMPLETION))
    kit = kit_of_path(listing.path, layout)
    sheet, sheet_problems = _sheet(listing.inputs.get(InputRole.SAMPLE_SHEET), facts, kit, policy)
    return ParsedRun(
        root=listing.root,
        path=listing.path,
        facts=facts,
        directory_kit=kit,
        sheet=sheet,
        problems=(
            *info_problems,
            *more_problems,
            *end_problems,
            *fact_problems,
            *sheet_problems,
        ),
        completion=completion,
        used_sheets=tuple(_used_sheets(listing, facts, kit, policy)),
    )


def kit_of_path(path: str, layout: Layout) -> str | None:
    """Name the directory that stands for the enrichment kit in the path of a run folder."""
    level = layout.enrichment_kit_level
    parts = path.split("/")
    return parts[level - 1] if 0 < level < len(parts) else None


def _run_info(found: SmallInput | None) -> tuple[RunInfo | None, tuple[Problem, ...]]:
    if found is None:
        return None, ()
    info, problems = parse_run_info(found.data)
    return info, _at(found, problems)


def _run_parameters(found: SmallInput | None) -> tuple[RunParameters | None, tuple[Problem, ...]]:
    if found is None:
        return None, ()
    parameters, problems = parse_run_parameters(found.data)
    return parameters, _at(found, problems)


def _run_completion(found: SmallInput | None) -> tuple[RunCompletion | None, tuple[Problem, ...]]:
    if found is None:
        return None, ()
    completion, problems = parse_run_completion(found.data)
    return completion, _at(found, problems)


def _at(found: SmallInput, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(replace(problem, path=found.path) for problem in problems)


def _sheet(
    found: SmallInput | None, facts: RunFacts, kit: str | None, policy: SheetPolicy
) -> tuple[ReadSheet | None, tuple[Problem, ...]]:
    if found is None:
        return None, ()
    parsed = parse_sample_sheet(found.data, policy.columns)
    levels = policy.levels_of(kit)
    problems = with_levels(reading_problems(parsed, policy.converter), levels)
    if parsed.sheet is None:
        return None, _at(found, problems)
    problems = (*problems, *judge(parsed.sheet, _flowcell(facts), levels, policy.converter))
    may_process = all(problem.severity is not Severity.ERROR for problem in problems)
    samples = tuple(
        _judged(sample, kit, policy, may_process=may_process) for sample in parsed.sheet.samples
    )
    return ReadSheet(found.path, found.md5, parsed.sheet, samples), _at(found, problems)


def _used_sheets(
    listing: RunListing, facts: RunFacts, kit: str | None, policy: SheetPolicy
) -> Iterator[ReadSheet]:
    """Read the sheets that conversions used; what is wrong with them was the converter's matter."""
    own = listing.inputs.get(InputRole.SAMPLE_SHEET)
    for found in listing.used_sheets.values():
        if own is None or found.data != own.data:
            read, _ = _sheet(found, facts, kit, policy)
            if read is not None:
                yield read


def _flowcell(facts: RunFacts) -> FlowcellFacts | None:
    if not facts.reads and facts.lanes is None:
        return None
    index_lengths = tuple(read.cycles for read in facts.reads if read.is_index)
    reads = tuple((read.is_index, read.cycles) for read in facts.reads)
    return FlowcellFacts(facts.lanes, index_lengths if facts.reads else None, reads)


def _judged(
    sample: SheetSample, kit: str | None, policy: SheetPolicy, *, may_process: bool
) -> JudgedSample:
    regex = policy.control_regex
    is_control = bool(regex and re.search(regex, sample.sample_name))
    return JudgedSample(
        sample=sample,
        is_control=is_control,
        automatically_process=may_process and not is_control and not sample.failed,
        enrichment_kit=sample.enrichment_kit or kit,
    )
