"""The small inputs of one run folder are read and judged."""

import re
from collections.abc import Iterator
from dataclasses import replace

from seqauto_pipeline.core.file_list import InputRole, RunListing, SmallInput
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.run_completion import RunCompletion, parse_run_completion
from seqauto_pipeline.core.metadata.run_facts import RunFacts, derive_run_facts
from seqauto_pipeline.core.metadata.run_info import RunInfo, parse_run_info
from seqauto_pipeline.core.metadata.run_parameters import RunParameters, parse_run_parameters
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.codes import with_levels
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.rules import FlowcellFacts, judge, reading_problems
from seqauto_pipeline.core.sheet.sample_sheet import SheetSample
from seqauto_pipeline.core.verdict.parsed_run import (
    JudgedSample,
    ParsedRun,
    ReadSheet,
    SheetPolicy,
)


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
