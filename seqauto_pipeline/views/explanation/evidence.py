"""What is known around one sequencing run: models, layout, and what the last scan listed of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import dirname

from seqauto_pipeline.core.expectation.candidates import Candidate
from seqauto_pipeline.core.expectation.expected_files import candidates_of
from seqauto_pipeline.core.expectation.samples import ExpectedSample, ExpectingRun, SheetFacts
from seqauto_pipeline.core.file_list import EntryKind, RunListing, unescape_name
from seqauto_pipeline.core.layout import FileType, Layout, Per
from seqauto_pipeline.core.verdict.sample_rows import expected_samples
from seqauto_pipeline.db.models import (
    Message,
    SampleSheet,
    Scan,
    SequencingRun,
    SequencingSample,
)
from seqauto_pipeline.db.queries.files import FileRow
from seqauto_pipeline.db.queries.history import last_scan_of
from seqauto_pipeline.db.queries.messages import MessageFilter, messages
from seqauto_pipeline.db.queries.runs import run_folder
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.db.queries.sheets import current_sheets, samples_of
from seqauto_pipeline.db.stored_facts import reads_in, sheet_facts_in
from seqauto_pipeline.db.stored_samples import judged_sample
from seqauto_pipeline.disk.names_below import NamesBelow
from seqauto_pipeline.disk.record.paths import record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.errors import ScanRecordError
from seqauto_pipeline.views.known_layouts import layout_of
from seqauto_pipeline.views.open_models import OpenModels

NOT_LOOKED_AT = "not looked at by scans"
_UNREADABLE = "UNREADABLE"
_KINDS: Mapping[EntryKind, str] = {
    EntryKind.FILE: "there",
    EntryKind.DIRECTORY: "there, and a directory",
    EntryKind.LINK_OUT: "a link that leads out of the root, which the settings do not follow",
    EntryKind.BROKEN_LINK: "a link to nothing",
    EntryKind.OTHER: "there, and no regular file",
    EntryKind.UNKNOWN: "listed, but its facts could not be read",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that an explanation of a file is made from."""

    run: SequencingRun
    layout: Layout | None  # None: it cannot be read now
    sheet: SampleSheet | None
    rows: tuple[SequencingSample, ...]
    samples: tuple[ExpectedSample, ...]
    expecting: ExpectingRun
    scan: Scan | None  # the last applied one that covered the run
    listing: RunListing | None  # what it listed
    why_no_listing: str
    unreadable: tuple[Message, ...]  # open messages on what refused to be read
    below: NamesBelow  # the run folder as it is now, looked at only when asked

    @property
    def type_names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.layout.file_types) if self.layout else ()

    def file_type(self, name: str) -> FileType | None:
        types = self.layout.file_types if self.layout else ()
        return next((each for each in types if each.name == name), None)

    def type_for(self, sample: ExpectedSample, name: str) -> FileType | None:
        """Give a file type as the sample's kit has it."""
        types = self.layout.types_for(sample.enrichment_kit) if self.layout else ()
        return next((each for each in types if each.name == name), None)

    def sample_of(self, file: FileRow) -> ExpectedSample | None:
        """Find the sample of a file; samples that share a name have slots of their own."""
        named = [each for each in self.samples if each.sample_name == file.sample_name]
        exact = [each for each in named if file.slot.split("/")[0] == each.slot]
        return next(iter(exact or named), None)

    def candidates(self, file_type: FileType, sample: ExpectedSample) -> tuple[Candidate, ...]:
        """List the usable patterns of a type for a sample. Types that have other files: none."""
        if self.layout is None or file_type.per not in (Per.SAMPLE, Per.READ):
            return ()
        listing = self.listing or _nothing_listed(self.run)
        return candidates_of(file_type, sample, self.expecting, self.layout, listing)

    def is_searched(self, folder: str) -> bool:
        """Tell whether the layout looks for files in a directory of the run."""
        if self.layout is None:
            return True
        listed = self.listing.directories if self.listing is not None else {}
        names = {path: each.entries for path, each in listed.items()}
        return self.layout.searched_in(names)(folder)

    def was_looked_at(self, path: str) -> bool:
        """Tell whether the last scan looked where a path is: absent there, it was not there."""
        folder = dirname(path)
        return (
            self.listing is None or folder in self.listing.directories or self.is_searched(folder)
        )

    def presence(self, path: str) -> str:
        """Say what the last scan saw at a path of the run."""
        if self.listing is None:
            return "not known"
        if self.listing.what_hides(path) is not None:
            return "hidden by what could not be read"
        entry = self.listing.find(path)
        if entry is None:
            return "not there" if self.was_looked_at(path) else NOT_LOOKED_AT
        size = f", {entry.size:,} bytes" if entry.kind is EntryKind.FILE else ""
        return _KINDS[entry.kind] + size

    def refusals(self, path: str) -> tuple[Message, ...]:
        """Open messages on what hides a path."""
        return tuple(
            message
            for message in self.unreadable
            if not message.path or path == message.path or path.startswith(f"{message.path}/")
        )


def gather(models: OpenModels, run: SequencingRun) -> Evidence:
    """Read what is known around a sequencing run."""
    sheet = next(iter(current_sheets(models.session, (run.id,))), None)
    rows = samples_of(models.session, (sheet.id,)) if sheet is not None else ()
    scan = last_scan_of(models.session, run)
    listing, why_not = _listing(models, run, scan)
    wanted = MessageFilter(Selection(runs=(run.id,)), codes=(_UNREADABLE,))
    return Evidence(
        run=run,
        layout=layout_of(run, models.settings),
        sheet=sheet,
        rows=rows,
        samples=expected_samples(judged_sample(row) for row in rows),
        expecting=_expecting(run, sheet),
        scan=scan,
        listing=listing,
        why_no_listing=why_not,
        below=NamesBelow(unescape_name(run_folder(run))),
        unreadable=tuple(message for message, _ in messages(models.session, wanted, models.now)),
    )


def _listing(
    models: OpenModels, run: SequencingRun, scan: Scan | None
) -> tuple[RunListing | None, str]:
    """Read what a scan listed of a run out of its kept record; else say why that cannot be."""
    if scan is None or scan.record_id is None:
        return None, "no file list of it was kept"
    try:
        record = ScanRecord(record_path(models.home, scan.record_id))
        identity = (run.root, run.path)
        entry = next((each for each in record.index if (each.root, each.path) == identity), None)
        found = record.load(entry) if entry is not None else None
    except ScanRecordError as error:
        return None, f"{error} So what was listed then is not known any more."
    return found, "" if found else "its file list does not have this run folder"


def _expecting(run: SequencingRun, sheet: SampleSheet | None) -> ExpectingRun:
    lanes = run.facts.get("lanes")
    return ExpectingRun(
        name=run.name,
        enrichment_kit=run.enrichment_kit,
        flowcell_id=run.flowcell_id,
        flowcell=run.flowcell,
        lanes=lanes if isinstance(lanes, int) else None,
        reads=reads_in(run.facts) or (),
        model=run.sequencer_model,
        sheet=sheet_facts_in(sheet.format, sheet.facts) if sheet else SheetFacts(),
        secondary_analysis=run.facts.get("secondary_analysis"),
    )


def _nothing_listed(run: SequencingRun) -> RunListing:
    return RunListing(
        root=run.root,
        path=run.path,
        is_named_like_a_run=True,
        skip_reason=None,
        directories={},
        inputs={},
        unreadable=(),
    )
