"""The judge: a sample sheet that was read, against the rules of Illumina and of the flowcell.

Allowed characters, reserved words and the distance of indexes: Illumina, "Sample Sheet" pages of
bcl2fastq2 v2.20 and BCL Convert v4.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.codes import (
    RULES,
    Rule,
    RuleLevel,
    bounded,
    spoken_of,
    with_levels,
)
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.cycle_rules import (
    index_cycles_problems,
    override_cycles_problems,
    settings_without_read,
)
from seqauto_pipeline.core.sheet.index_rules import (
    index_characters,
    index_collisions,
    index_lengths,
    indexes_with_n,
    too_long_indexes,
)
from seqauto_pipeline.core.sheet.judged_sheet import (
    FlowcellFacts,
    JudgedSheet,
    by_lane,
    indexed,
    judged_sheet,
)
from seqauto_pipeline.core.sheet.name_rules import name_problems, shared_names
from seqauto_pipeline.core.sheet.sample_rules import (
    blank_lanes,
    contradicting_rows,
    duplicate_samples,
    several_indexes,
    unindexed_samples,
    unknown_lanes,
)
from seqauto_pipeline.core.sheet.sample_sheet import ParsedSheet, SampleSheet
from seqauto_pipeline.core.sheet.setting_rules import combination_problems, setting_problems
from seqauto_pipeline.core.sheet.spreadsheet_rules import spreadsheet_values, turned_versions

__all__ = [
    "RULES",
    "FlowcellFacts",
    "Rule",
    "RuleLevel",
    "judge",
    "reading_problems",
]

_NO_LEVELS: Mapping[str, RuleLevel] = MappingProxyType({})
_ENOUGH = 1000  # problems of one rule, or of one rule in one lane; then nobody reads on


def reading_problems(parsed: ParsedSheet, converter: Converter | None) -> Iterator[Problem]:
    """List the problems of reading the sheet, without those that only other converters have."""
    reader = parsed.sheet.converter if parsed.sheet else None
    return spoken_of(parsed.problems, reader or converter)


def judge(
    sheet: SampleSheet,
    flowcell: FlowcellFacts | None = None,
    levels: Mapping[str, RuleLevel] = _NO_LEVELS,
    converter: Converter | None = None,
) -> tuple[Problem, ...]:
    """List everything that the sheet breaks, by line; at most a hundred of each code.

    ``converter`` is the laboratory's, for sheets that several converters read; None: not known,
    and what any of them refuses is told.
    """
    reader = sheet.converter or converter
    judged = judged_sheet(sheet)
    rules = (
        *_rules_for_samples(judged, flowcell, reader),
        setting_problems(sheet, reader),
        turned_versions(sheet),
        combination_problems(sheet, judged),
        settings_without_read(sheet, flowcell),
        override_cycles_problems(sheet, judged, flowcell),
        index_cycles_problems(sheet, judged),
    )
    problems = dict.fromkeys(problem for rule in rules for problem in islice(rule, _ENOUGH))
    return bounded(with_levels(spoken_of(problems, reader), levels))


def _rules_for_samples(
    judged: JudgedSheet, flowcell: FlowcellFacts | None, reader: Converter | None
) -> Iterator[Iterator[Problem]]:
    entries, pairs = indexed(judged)
    lanes = by_lane(entries)
    yield name_problems(judged)
    yield shared_names(judged)
    yield contradicting_rows(judged)
    yield spreadsheet_values(judged)
    yield index_characters(judged)
    yield indexes_with_n(judged, reader)
    yield blank_lanes(judged)
    yield several_indexes(judged, lanes)
    yield index_collisions(judged, lanes, pairs)
    for here in lanes.values():
        yield duplicate_samples(judged, here)
        yield unindexed_samples(judged, here)
        yield index_lengths(judged, here)
    yield unknown_lanes(judged, flowcell.lanes if flowcell else None)
    yield too_long_indexes(judged, flowcell.index_lengths if flowcell else None)
