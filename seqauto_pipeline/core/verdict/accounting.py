"""Two-sided accounting of one run: what is there and unexplained, what is explained and odd."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import Entry, RunListing
from seqauto_pipeline.core.layout import Expect, Layout, Per
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.name_rules import is_safe_name
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample
from seqauto_pipeline.core.verdict.reconcile import (
    EMPTY_FILE,
    LINK_OUT_OF_ROOT,
    NOT_A_REGULAR_FILE,
    what_is_wrong,
)
from seqauto_pipeline.core.verdict.unexpected_files import UnexpectedEntry, index_paths

_Entries: TypeAlias = Mapping[str, Entry]  # by path, of the expected files that are there
_NAMED = 5  # names that a message lists before it counts the rest


def account(
    expected: Collection[ExpectedFile],
    unexpected: Collection[UnexpectedEntry],
    listing: RunListing,
) -> tuple[Problem, ...]:
    """Say what is odd about the files of a run, one problem for each kind of oddity."""
    there = _entries_of(expected, listing)
    asked_for = [
        file
        for file in expected
        if not file.skipped and (not file.is_awaited or file.path in there)
    ]
    problems = (
        _about_unexpected(unexpected),
        _about_awaited(expected, there),
        _about_deleted_fastqs(expected),
        _about_fastqs_in_cloud(expected),
        _about_samples_without_files(asked_for, there, listing),
        _about_single_reads(asked_for, there, listing),
        _about_missing_indexes(asked_for, there, listing),
        _about_older_files(asked_for, there),
    )
    found = tuple(problem for problem in problems if problem is not None)
    return (*found, *_about_unusable(asked_for, there, listing))


def _entries_of(expected: Collection[ExpectedFile], listing: RunListing) -> _Entries:
    """Look up, once, the files that are there."""
    found = ((file.path, listing.find(file.path)) for file in expected)
    return {path: entry for path, entry in found if entry is not None and entry.is_there}


def about_nothing_expected(
    expected: Collection[ExpectedFile], samples: Collection[JudgedSample], layout: Layout
) -> tuple[Problem, ...]:
    """Say of a run folder with samples that its layout can expect no file of them."""
    wanted = [each for each in samples if not each.skipped and is_safe_name(each.sample.sample_id)]
    types = ", ".join(
        each.name
        for each in layout.file_types
        if each.expect is Expect.ALWAYS and each.per in (Per.SAMPLE, Per.READ)
    )
    if not wanted or not types or any(each.sample_name is not None for each in expected):
        return ()
    return (
        Problem(
            "NOTHING_EXPECTED",
            Severity.WARNING,
            f"the sheet lists {_count(len(wanted), 'row')} to make files of, and no pattern of "
            f"layout {layout.name} can be filled for any of them, so nothing is expected ({types})",
            "Check the fields of the layout's patterns, or the sheet's columns, with "
            "`seqauto layout check FILE --root ROOT`.",
        ),
    )


def _about_unexpected(unexpected: Collection[UnexpectedEntry]) -> Problem | None:
    if not unexpected:
        return None
    return Problem(
        "UNEXPECTED_FILES",
        Severity.INFO,
        f"{_count(len(unexpected), 'file')} that no sample sheet row explains: "
        f"{_names(file.path for file in unexpected)}",
        "List them with `seqauto files --unexpected`; correct the sheet, or name them in the "
        "layout's never_unexpected.",
    )


def _about_awaited(expected: Collection[ExpectedFile], there: _Entries) -> Problem | None:
    awaited = [each for each in expected if each.is_awaited and each.path not in there]
    if not awaited:
        return None
    analyses = " and ".join(sorted({each.analysis for each in awaited if each.analysis}))
    return Problem(
        "ANALYSIS_RUNNING",
        Severity.INFO,
        f"the instrument's analysis {analyses} has begun and has not ended: "
        f"{_count(len(awaited), 'file')} of it not there yet",
        "Wait for it. Where it was stopped, queue it again on the instrument, or convert the run.",
    )


def _about_deleted_fastqs(expected: Collection[ExpectedFile]) -> Problem | None:
    """Say of which samples no FASTQ is expected, because the sheet has workflows delete them."""
    deleted = [each for each in expected if each.deleted_by]
    if not deleted:
        return None
    names = _sample_names(deleted)
    workflows = dict.fromkeys(name for each in deleted for name in each.deleted_by)
    return Problem(
        "FASTQS_NOT_KEPT",
        Severity.INFO,
        f"no FASTQ is expected of {_count(len(names), 'sample')}, and none is there: KeepFastq is "
        f"FALSE in the sheet's settings of {_names(workflows)}: {_names(names)}",
        "Nothing needs to be done. Where FASTQs are wanted, write KeepFastq,TRUE and queue the "
        "analysis again, or convert the run.",
    )


def _about_fastqs_in_cloud(expected: Collection[ExpectedFile]) -> Problem | None:
    names = _sample_names(each for each in expected if each.is_in_cloud)
    if not names:
        return None
    return Problem(
        "FASTQS_IN_CLOUD",
        Severity.INFO,
        f"no FASTQ is expected of {_count(len(names), 'sample')} as long as none is there: "
        "RunParameters says that the run is analysed in the cloud (SecondaryAnalysisMode)",
        "Nothing needs to be done. Where FASTQs are wanted here, download them into the run "
        "folder, or convert the run.",
    )


def _sample_names(files: Iterable[ExpectedFile]) -> list[str]:
    return list(dict.fromkeys(each.sample_name or "" for each in files))


_COMPARE = "`seqauto explain SAMPLE TYPE` shows what was looked for and what is there."
_WITHOUT_ANY = f"Convert the run, or check the names in the sheet against the files: {_COMPARE}"
_NO_SAMPLES = "Undetermined_S0_"  # of bcl2fastq and BCL Convert: reads that match no index
# bcl2fastq deletes the files of a sample without reads: fls-bioinformatics-core/auto_process_ngs,
# PR#55; bcl2fastq 2.20, FastqWriter.cpp.
_WITHOUT_READS = (
    "First see whether any reads matched the sample's index: bcl2fastq leaves no file where none "
    f"did. Then check the names in the sheet against the files: {_COMPARE}"
)


def _about_samples_without_files(
    files: list[ExpectedFile], there: _Entries, listing: RunListing
) -> Problem | None:
    names = dict.fromkeys(file.sample_name for file in files if file.sample_name is not None)
    with_files = {
        file.sample_name
        for file in files
        if file.path in there or listing.what_hides(file.path) is not None
    }
    empty = [name for name in names if name not in with_files]
    if not empty:
        return None
    return Problem(
        "SAMPLE_WITHOUT_FILES",
        Severity.WARNING,
        f"{_count(len(empty), 'sample')} of the sheet without a single file: {_names(empty)}",
        _WITHOUT_READS if len(empty) < len(names) or _is_converted(listing) else _WITHOUT_ANY,
    )


def _is_converted(listing: RunListing) -> bool:
    """Tell a run of which a converter has left the reads that are no sample's."""
    return any(
        name.startswith(_NO_SAMPLES)
        for directory in listing.directories.values()
        for name in directory.entries
    )


def _about_single_reads(
    files: list[ExpectedFile], there: _Entries, listing: RunListing
) -> Problem | None:
    by_pair: dict[tuple[str, str, int | None], dict[str, ExpectedFile]] = {}
    for file in files:
        if file.read is not None or file.file_type.per is Per.READ:
            slot, _, read = file.slot.rpartition("/")
            by_pair.setdefault((file.file_type.name, slot, file.lane), {})[read] = file
    single = [
        read.path
        for pair in by_pair.values()
        if len(pair) > 1 and not any(listing.what_hides(read.path) for read in pair.values())
        for read in pair.values()
        if read.path not in there and any(other.path in there for other in pair.values())
    ]
    if not single:
        return None
    return Problem(
        "READ_WITHOUT_MATE",
        Severity.WARNING,
        f"{_count(len(single), 'read')} missing while the other read of the pair is there: "
        f"{_names(single)}",
        "Restore the missing read, or demultiplex the sample again.",
    )


def _about_missing_indexes(
    files: list[ExpectedFile], there: _Entries, listing: RunListing
) -> Problem | None:
    without = [
        file.path
        for file in files
        if file.file_type.index_suffixes and file.path in there and not _has_index(file, listing)
    ]
    if not without:
        return None
    return Problem(
        "INDEX_MISSING",
        Severity.WARNING,
        f"{_count(len(without), 'file')} without an index beside: {_names(without)}",
        "Index them, for a BAM with `samtools index`.",
    )


def _has_index(file: ExpectedFile, listing: RunListing) -> bool:
    return any(_entry_there(listing, path) for path in index_paths(file))


def _about_older_files(files: list[ExpectedFile], there: _Entries) -> Problem | None:
    made = [(file, file.file_type.made_from) for file in files if file.file_type.made_from]
    sources = {source for _, source in made}
    by_type = {
        (file.file_type.name, file.sample_name): file.path
        for file in files
        if file.file_type.name in sources
    }
    older = []
    for file, made_from in made:
        source = by_type.get((made_from, file.sample_name), "")
        if _is_older(there.get(file.path), there.get(source)):
            older.append(file.path)
    if not older:
        return None
    return Problem(
        "OLDER_THAN_ITS_SOURCE",
        Severity.WARNING,
        f"{_count(len(older), 'file')} older than what it was made from: {_names(older)}",
        "Make them again, or check why the source was written anew.",
    )


def _is_older(entry: Entry | None, source: Entry | None) -> bool:
    return entry is not None and source is not None and entry.modified_ns < source.modified_ns


_UNUSABLE = {
    EMPTY_FILE: (
        "the file is empty (0 bytes)",
        "Make or copy it again: the disk was full, or the program that wrote it died.",
    ),
    NOT_A_REGULAR_FILE: (
        "it is no regular file but a directory, FIFO, socket or device",
        "Put the file itself in this place.",
    ),
    LINK_OUT_OF_ROOT: (
        "it is a symbolic link that leads out of the scanned root",
        "Move the file below the root, or allow such links with follow_links_out_of_root = true.",
    ),
}


# bcl2fastq leaves such a file, which 2.20 deletes when it ends; BCL Convert leaves a gzip file of
# 20 bytes, which is no problem. Sources: bcl2fastq 2.20, FastqWriter.cpp; brwnj/bcl2fastq#11.
_NO_READS = (
    "the file is empty (0 bytes): most likely no reads of the run matched the sample's index",
    (
        "Compare the sample's index with the barcodes that the conversion could not assign; if "
        "nothing is wrong with it, make the file again, as the disk may have been full."
    ),
)


def _lacks_reads(code: str, file: ExpectedFile) -> bool:
    return code == EMPTY_FILE and file.read is not None


def _about_unusable(
    files: list[ExpectedFile], there: _Entries, listing: RunListing
) -> Iterator[Problem]:
    for file in files:
        entry = there.get(file.path)
        if entry is None or listing.what_hides(file.path):
            continue
        code = what_is_wrong(file, entry)
        if code is not None:
            message, fix = _NO_READS if _lacks_reads(code, file) else _UNUSABLE[code]
            yield Problem(code, Severity.ERROR, message, fix, path=file.path)


def _entry_there(listing: RunListing, path: str) -> bool:
    entry = listing.find(path)
    return entry is not None and entry.is_there


def _names(names: Iterable[str]) -> str:
    listed = [shown(name) for name in names]
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return ", ".join(listed[:_NAMED]) + more


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
