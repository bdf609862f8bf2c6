"""The samples and the run that files are expected of."""

from dataclasses import dataclass

from seqauto_pipeline.core.expectation.reads import reads_of
from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.core.sheet.conversion import ConversionSettings, Workflow
from seqauto_pipeline.core.sheet.name_rules import is_safe_name
from seqauto_pipeline.core.sheet.sample_sheet import SheetFormat


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One row of a sample: what differs between its lanes."""

    lane: int | None
    index: str | None
    index2: str | None
    project: str | None = None
    override_cycles: str | None = None  # as the row has it
    line: int = 0  # of the sheet: the order of rows of different samples


@dataclass(frozen=True, slots=True)
class ExpectedSample:
    """One sample, all its rows together."""

    slot: str  # tells it from the run's other samples: its name, with its id where names repeat
    sample_id: str
    sample_name: str
    sample_number: int
    sample_project: str | None  # of its first row
    enrichment_kit: str | None
    rows: tuple[LaneRow, ...]
    skipped: bool = False  # control or failed: nothing new is expected of it

    @property
    def can_be_named(self) -> bool:
        return is_safe_name(self.sample_id) and is_safe_name(self.sample_name)


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What a sample sheet tells of the conversion: its family, and its settings."""

    format: SheetFormat | None = None
    settings: ConversionSettings | None = None
    workflows: tuple[Workflow, ...] = ()

    def deleting_fastqs_of(self, sample_id: str) -> tuple[str, ...]:
        """Name the workflows of a sample where all of them delete its FASTQs; else none."""
        own = [each for each in self.workflows if each.has(sample_id)]
        return tuple(each.name for each in own) if all(each.deletes_fastqs for each in own) else ()


@dataclass(frozen=True, slots=True)
class UsedSheet:
    """The sheet that a conversion used, which need not be the one of the run folder."""

    samples: tuple[ExpectedSample, ...]
    facts: SheetFacts = SheetFacts()


# What SecondaryAnalysisMode of RunParameters calls an analysis that is not the instrument's own.
# Sources: RunParameters of real runs, Cloud of a NextSeq 2000 in the tests of Illumina's interop,
# None of a NovaSeq X in NationalGenomicsInfrastructure/TACA and a NextSeq 2000 in bbi-lab/bbi-dmux.
_IN_CLOUD, _NOWHERE = "cloud", "none"


@dataclass(frozen=True, slots=True)
class ExpectingRun:
    """What paths can tell of the run itself."""

    name: str
    enrichment_kit: str | None
    flowcell_id: str | None
    flowcell: str | None
    lanes: int | None  # of RunInfo
    reads: tuple[ReadInfo, ...] = ()  # of RunInfo, those with cycles; empty: not known
    model: str | None = None  # of the instrument
    sheet: SheetFacts = SheetFacts()
    secondary_analysis: str | None = None  # of RunParameters, as written

    @property
    def is_converted_in_cloud(self) -> bool:
        return (self.secondary_analysis or "").casefold() == _IN_CLOUD

    @property
    def converting_model(self) -> str | None:
        """The instrument's model, unless it was told to convert nothing by itself."""
        mode = (self.secondary_analysis or "").casefold()
        return None if mode in (_IN_CLOUD, _NOWHERE) else self.model

    def reads_of(self, row: LaneRow, sheet: SheetFacts) -> tuple[str, ...]:
        """Name the reads of which a row has files: R1, R2, I1."""
        return reads_of(self.reads, sheet.settings, row.override_cycles)
