"""A sequencing run as scans store it, and what its record is made of."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.expectation.samples import SheetFacts
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.core.verdict.completion import Markers
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample, ParsedRun


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A sequencing run as scans store it; people's flags stand beside it, not in it."""

    root: str
    path: str
    name: str
    layout: str
    data_state: RunState
    state_reason: str | None = None
    date: dt.date | None = None
    sequencer: str | None = None
    sequencer_model: str | None = None
    experiment: str | None = None
    enrichment_kit: str | None = None
    flowcell_id: str | None = None
    flowcell: str | None = None
    side: str | None = None
    run_number: int | None = None
    run_info_id: str | None = None
    has_basecalls: bool = False
    has_interop: bool = False


@dataclass(frozen=True, slots=True)
class KnownRun:
    """What is stored of a run before this scan."""

    record: RunRecord
    samples: tuple[JudgedSample, ...] = ()  # of its current sheet
    sheet_md5: str | None = None  # of its current sheet; None: it never had a readable one
    seen_paths: frozenset[str] = frozenset()  # at which a scan saw a file
    retired_paths: frozenset[str] = frozenset()  # and those of files that no sheet row asks for
    reads: tuple[ReadInfo, ...] | None = None  # of RunInfo; None: it was never read
    lanes: int | None = None  # of RunInfo
    sheet: SheetFacts = field(default_factory=SheetFacts)  # of its current sheet
    secondary_analysis: str | None = None  # of RunParameters


def new_run_record(
    listing: RunListing,
    parsed: ParsedRun,
    layout: Layout,
    kit: str | None,
    state: RunState,
    reason: str | None,
) -> RunRecord:
    """Make the record of a run from what this scan read of it."""
    facts = parsed.facts
    return RunRecord(
        root=listing.root,
        path=listing.path,
        name=listing.name,
        layout=layout.name,
        data_state=state,
        state_reason=reason,
        date=facts.date,
        sequencer=facts.instrument,
        sequencer_model=facts.model,
        experiment=facts.experiment,
        enrichment_kit=kit,
        flowcell_id=facts.flowcell_id,
        flowcell=facts.flowcell,
        side=facts.side,
        run_number=facts.run_number,
        run_info_id=facts.run_id,
        has_basecalls=any(_holds(listing, pattern) for pattern in layout.run.basecalls),
        has_interop=bool(layout.run.interop)
        and all(_holds(listing, pattern) for pattern in layout.run.interop),
    )


def _holds(listing: RunListing, pattern: str) -> bool:
    return any(entry.is_there for _, entry in listing.matching(pattern))


def run_facts_for_people(
    parsed: ParsedRun, markers: Markers, analyses: Collection[str] = ()
) -> dict[str, object]:
    """Facts that are stored for reading only, as JSON.

    ``analyses`` are those on the instrument that the FASTQs are of.
    """
    facts = parsed.facts
    said = parsed.completion.status if parsed.completion is not None else None
    return {
        **({"instrument_status": said} if said is not None else {}),
        **({"fastq_analysis": ", ".join(analyses)} if analyses else {}),
        **({"secondary_analysis": facts.secondary_analysis} if facts.secondary_analysis else {}),
        "reads": [
            {"number": read.number, "cycles": read.cycles, "is_index": read.is_index}
            for read in facts.reads
        ],
        "lanes": facts.lanes,
        "application": facts.application,
        "application_version": facts.application_version,
        "rta_version": facts.rta_version,
        "chemistry": facts.chemistry,
        "flowcell_type": facts.flowcell_type,
        "reagent_kit": facts.reagent_kit,
        "markers": {"there": list(markers.there), "lacking": list(markers.lacking)},
    }
