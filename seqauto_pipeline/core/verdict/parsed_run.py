"""What the sheet and the metadata of one run folder say; `run_parsing` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from seqauto_pipeline.core.metadata.run_completion import RunCompletion
from seqauto_pipeline.core.metadata.run_facts import RunFacts
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.sheet.codes import RuleLevel
from seqauto_pipeline.core.sheet.converter import Converter
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
