"""One record of a file, and of a run's files, over several scans."""

from collections.abc import Mapping

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import Entry
from seqauto_pipeline.core.verdict.reconcile import (
    FileChange,
    FileKey,
    FileRecord,
    ScanIds,
    reconcile_files,
    skip_files,
)
from seqauto_pipeline_tests.core.listings import file_of, layout, refusal, run_listing

(BAM,) = layout('[file_types.bam]\nnon_empty = true\npatterns = ["{sample_id}"]').file_types
Stored = dict[FileKey, FileRecord]


def expected(name: str = "S1", path: str | None = None, **facts: object) -> ExpectedFile:
    return ExpectedFile(BAM, name, path or f"1_BAM/{name}.bam", name, **facts)  # type: ignore[arg-type]


class Life:
    """The stored files of one run over several scans."""

    def __init__(self) -> None:
        self.stored: Stored = {}
        self.scan = 0

    def goes_on(
        self,
        files: Mapping[str, Entry] | None = None,
        *,
        want: list[ExpectedFile] | None = None,
        refuses: tuple[str, ...] = (),
        errors: Mapping[FileKey, str] | None = None,
    ) -> tuple[FileChange, ...]:
        self.scan += 1
        listing = run_listing(files or {}, unreadable=[refusal(each) for each in refuses])
        ids = ScanIds(self.scan, self.scan - 1 or None)
        wanted = [expected()] if want is None else want
        changes = reconcile_files(wanted, listing, self.stored, errors or {}, ids)
        self.take(changes)
        return changes

    def is_skipped(self) -> tuple[FileChange, ...]:
        self.scan += 1
        changes = skip_files(self.stored, ScanIds(self.scan, self.scan - 1 or None))
        self.take(changes)
        return changes

    def take(self, changes: tuple[FileChange, ...]) -> None:
        self.stored |= {change.new.key: change.new for change in changes}

    @property
    def file(self) -> FileRecord:
        return self.stored["bam", "S1"]


HERE = {"1_BAM/S1.bam": file_of(7)}
