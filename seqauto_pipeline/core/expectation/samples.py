"""The samples and the run that files are expected of."""

from dataclasses import dataclass

from seqauto_pipeline.core.sheet.rules import is_safe_name


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One row of a sample: what differs between its lanes."""

    lane: int | None
    index: str | None
    index2: str | None


@dataclass(frozen=True, slots=True)
class ExpectedSample:
    """One sample, all its rows together."""

    slot: str  # tells it from the run's other samples: its name, with its id where names repeat
    sample_id: str
    sample_name: str
    sample_number: int
    sample_project: str | None
    enrichment_kit: str | None
    rows: tuple[LaneRow, ...]
    skipped: bool = False  # control or failed: nothing new is expected of it

    @property
    def can_be_named(self) -> bool:
        return is_safe_name(self.sample_id) and is_safe_name(self.sample_name)


@dataclass(frozen=True, slots=True)
class ExpectingRun:
    """What paths can tell of the run itself."""

    name: str
    enrichment_kit: str | None
    flowcell_id: str | None
    flowcell: str | None
    lanes: int | None  # of RunInfo
    has_second_read: bool

    @property
    def reads(self) -> tuple[int, ...]:
        return (1, 2) if self.has_second_read else (1,)
