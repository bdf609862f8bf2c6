"""The small inputs of new and changed runs are read and judged, on both cores where that pays.

This module is imported by the second process, too, so it imports no settings and no database.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun, SheetPolicy
from seqauto_pipeline.disk.parallel.in_order import answers
from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.disk.parallel.second_process import second_process
from seqauto_pipeline.disk.record.parsed_runs import PackedParsed, pack_parsed
from seqauto_pipeline.disk.record.parts import IndexedRun
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.scan.batches import batches
from seqauto_pipeline.scan.counters import SheetCounter
from seqauto_pipeline.scan.progress import Progress, ignore_progress
from seqauto_pipeline.scan.skipped_by_people import skipped_for

_RUNS_WORTH_A_PROCESS = 400  # starting one takes as long as parsing some 150
_RUNS_PER_REQUEST = 20


class ChangedRun(NamedTuple):
    """A listed run whose records may have to change."""

    entry: IndexedRun
    fingerprint: str
    skip_reason: str | None  # a person's


@dataclass(frozen=True, slots=True)
class ParsingRules:
    """What runs are parsed by."""

    layouts: Mapping[str, Layout]  # by root
    policy: SheetPolicy

    def try_parsing(self, listing: RunListing) -> ParsedRun | None:
        """Parse a run's small inputs; None where that fails.

        It fails again where the run is judged, and is reported there.
        """
        from seqauto_pipeline.core.verdict.run_parsing import parse_run  # noqa: PLC0415  (see judging.py)

        try:
            return parse_run(listing, self.layouts[listing.root], self.policy)
        except Exception:  # the boundary of one sequencing run: rule 3 of the domain
            return None


@dataclass(frozen=True, slots=True)
class _ParseRuns:
    """Work for either process: parse some runs of a record that has been checked."""

    record: Path
    runs: tuple[ChangedRun, ...]
    rules: ParsingRules

    def load(self, _roots: KnownRoots, /) -> tuple[list[PackedParsed], SheetCounter]:
        record, counter = ScanRecord(self.record, is_checked=True), SheetCounter()
        packed = []
        for run in self.runs:
            listing = skipped_for(record.load(run.entry), run.skip_reason)
            parsed = self.rules.try_parsing(listing)
            if parsed is not None:
                counter.add(listing, parsed)
                packed.append(pack_parsed(run.fingerprint, parsed))
        return packed, counter


def parsed_runs(
    record: ScanRecord,
    changed: Iterable[ChangedRun],
    rules: ParsingRules,
    counter: SheetCounter,
    progress: Progress = ignore_progress,
    *,
    is_alone: bool = True,
) -> Iterator[PackedParsed]:
    """Parse runs of a record, and count what their sheets say.

    There is no second process where others parse, too, and this is not ``is_alone``.
    """
    runs = iter(changed)
    first = list(islice(runs, _RUNS_WORTH_A_PROCESS))
    is_worth_it = len(first) == _RUNS_WORTH_A_PROCESS
    requests = _requests(record, chain(first, runs), rules)
    tell = counter.notes.append
    with second_process(is_worth_it=is_worth_it, tell=tell, is_alone=is_alone) as submit:
        for packed, counted in answers(submit, requests):
            counter.include(counted)
            progress("parse sample sheets", counter.runs, None)
            yield from packed


def _requests(
    record: ScanRecord, runs: Iterator[ChangedRun], rules: ParsingRules
) -> Iterator[_ParseRuns]:
    for some in batches(runs, _RUNS_PER_REQUEST):
        if any(run.entry.in_holder for run in some):
            record.check_holder()  # once: who parses takes the record as checked
        yield _ParseRuns(record.path, tuple(some), rules)
