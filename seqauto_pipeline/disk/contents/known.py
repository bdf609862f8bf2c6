"""Whether a content has to be read again: what it was made from, and what it gave before."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import Entry, RunListing
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.qc.limits import FigureLimit
from seqauto_pipeline.core.qc.measured_run import MeasuredRun
from seqauto_pipeline.core.verdict.file_contents import ContentResult
from seqauto_pipeline.core.verdict.reconcile import FileKey
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.disk.contents.options import READER_VERSION
from seqauto_pipeline.disk.contents.paths import is_computed, paths_read_for


@dataclass(frozen=True, slots=True)
class Signatures:
    """Sums over what the contents of a run's files are made from: the same needs no reading."""

    listing: RunListing
    gene_rows: str  # the setting
    measured: MeasuredRun | None
    limits: tuple[FigureLimit, ...] = ()

    def of(self, file: ExpectedFile, entry: Entry, genes: Collection[str] | None) -> str:
        """Sum up one file; ``genes`` are the symbols of its sample's list, where they matter."""
        parts = [READER_VERSION, f"{entry.size}:{entry.modified_ns}", file.path]
        if file.values_path is not None:
            values = self.listing.find(file.values_path)
            parts.append(f"{values.size}:{values.modified_ns}" if values else "-")
        if file.file_type.genes_from is not None:
            parts += [self.gene_rows, *sorted(genes or ())]
        if is_computed(file) and self.measured is not None:
            parts += self._measured_parts(file, self.measured)
        parts += [repr(each) for each in self.limits if each.content == file.file_type.content]
        return hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest()

    def _measured_parts(self, file: ExpectedFile, measured: MeasuredRun) -> Iterator[str]:
        """Give what decides of computed figures: each metrics file, the sheet, the limits."""
        for path in paths_read_for(file, self.listing, measured):
            entry = self.listing.find(path)
            yield f"{path}:{entry.size}:{entry.modified_ns}" if entry else f"{path}:-"
        yield repr((sorted(measured.sample_ids), measured.limits))


@dataclass(frozen=True, slots=True)
class KnownContents:
    """What is stored of the contents of a run's files."""

    stored: StoredRun | None
    retry_errors: bool  # read files in error again, though they have not changed

    def problems_of(self, key: FileKey, signature: str) -> tuple[Problem, ...] | None:
        """Give the problems of content that need not be read again; None when it must be."""
        if self.stored is None or self.stored.signatures.get(key) != signature:
            return None
        problems = self.stored.content_problems.get(key, ())
        errors = [each for each in problems if each.severity is Severity.ERROR]
        refused = any(each.code == "CONTENT_REFUSED" for each in errors)
        return None if refused or (errors and self.retry_errors) else problems

    def has(self, key: FileKey, result: ContentResult) -> bool:
        """Tell whether a file that was tried again gave what it gave before."""
        if self.stored is None or self.stored.signatures.get(key) != result.signature:
            return False
        return self.stored.content_problems.get(key, ()) == result.problems
