"""Read the content of found files, when it is new or changed, and never otherwise."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Self, TypeVar

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import Entry, EntryKind, RunListing, escape_name, unescape_name
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.qc.readers import (
    JsonObject,
    Keep,
    Loaded,
    read_exec_summary,
    read_fastqc,
    read_flagstat,
    read_gene_coverage,
    read_gene_list,
    read_illumina_qc,
)
from seqauto_pipeline.core.verdict.file_contents import ContentResult, Contents, JsonText
from seqauto_pipeline.core.verdict.reconcile import FileKey
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.disk.parallel.workers import Watch, supervised_map
from seqauto_pipeline.disk.read import ReadRefused, decompressed, read_through_link

_T = TypeVar("_T")
READER_VERSION = "1"  # a change of what the readers give makes every content new


@dataclass(frozen=True, slots=True)
class ContentOptions:
    max_bytes: int = 64 << 20
    max_decompressed_bytes: int = 512 << 20
    gene_rows: Keep = "gene_list"
    follow_links_out_of_root: bool = False
    seconds_per_file: float = 60
    threads: int = 1  # at most, of one process


_AT_ONCE = 6  # files a thread takes: taking turns file by file costs as much as reading them
_AT_FIRST = 2  # threads: one parses while the other one waits for a file that is not in the cache
_LARGE = 8 << 20  # bytes; no more than one file of more than that is held at a time
# Roots of which several files did not answer. Until one does, they are asked for one at a time, so
# that each run costs the time limit once, and leaves one stuck thread behind.
_SILENT: set[str] = set()
# Threads are there to wait for the disk side by side. What a file unpacks to may be much: one of
# them at a time unpacks and parses.
_UNPACKED = threading.Lock()
# What only a change of the file mends; anything else may be mended without leaving a trace in it.
_LASTING = frozenset({"EFBIG", "EBADGZIP"})


class _Pending(Exception):  # noqa: N818 - it is no error: the next scan reads the file
    """The file changed or went between its listing and its reading."""


@dataclass(frozen=True, slots=True)
class ContentRequest:
    """What to read of one run: no more than that, since it may go to another process."""

    expected: tuple[ExpectedFile, ...]  # those that have content
    listing: RunListing  # as far as they stand in it
    stored: StoredRun | None  # as far as it tells of contents
    options: ContentOptions
    retry_errors: bool  # read files in error again, though they have not changed

    @classmethod
    def of(
        cls,
        expected: Iterable[ExpectedFile],
        listing: RunListing,
        stored: StoredRun | None,
        options: ContentOptions,
        *,
        retry_errors: bool,
    ) -> Self:
        """Leave out what no content is read from."""
        wanted = tuple(file for file in expected if _has_content(file))
        paths = chain.from_iterable(map(_paths_of, wanted))
        return cls(
            wanted,
            _only(listing, paths),
            replace(stored, samples=(), files={}, messages=(), unexpected={}) if stored else None,
            options,
            retry_errors,
        )

    def load(self) -> Contents:
        """Read what is new or changed.

        A file in error is read again when it changes, when its reading was refused, and always
        where ``retry_errors`` is set. One that does not answer in time is named, and costs the time
        limit once. When more do not, their file server is down: what was not begun is left for the
        next scan.
        """
        root = self.listing.root
        threads = 1 if root in _SILENT else self.options.threads
        found, left, stuck = self._read(self._parts(), threads)
        if stuck == 1 and left and root not in _SILENT:
            more, _, again = self._read(left, threads)
            found, stuck = _together([found, more]), stuck + again
        if stuck > 1:
            _SILENT.add(root)
        elif not stuck and found.read:
            _SILENT.discard(root)
        return found

    def _read(
        self, parts: Iterable[list[ExpectedFile]], threads: int
    ) -> tuple[Contents, list[list[ExpectedFile]], int]:
        """Read until a file does not answer: give also what was left then, and how many did not."""
        left: list[list[ExpectedFile]] = []
        stuck: list[str] = []

        def load(loader: _Loader, watch: Watch) -> Contents:
            if not stuck:
                return loader.load(watch)
            left.append(list(loader.expected))
            return loader.leave()

        def give_up(loader: _Loader, path: str) -> Contents:
            stuck.append(path)
            left.append(loader.behind(path))
            return loader.without(path)

        results = supervised_map(
            load,
            [_Loader(self, files) for files in parts],
            threads=threads,
            seconds=self.options.seconds_per_file,
            when_stuck=give_up,
            at_first=_AT_FIRST,
        )
        found = _together(list(results))
        return found, [files for files in left if files], len(stuck)

    def _parts(self) -> Iterator[list[ExpectedFile]]:
        """Deal the files out to threads; what has to be read in order stays together."""
        by_slot: dict[str, list[ExpectedFile]] = {}
        for file in self.expected:
            by_slot.setdefault(file.slot, []).append(file)
        large: list[ExpectedFile] = []
        part: list[ExpectedFile] = []
        for files in by_slot.values():
            if any(map(self._is_large, files)):
                large += files
                continue
            part += files
            if len(part) >= _AT_ONCE:
                yield part
                part = []
        yield from filter(None, (part, large))

    def _is_large(self, file: ExpectedFile) -> bool:
        found = map(self.listing.find, _paths_of(file))
        return any(entry.size > _LARGE for entry in found if entry is not None)


def _together(parts: Sequence[Contents]) -> Contents:
    return Contents(
        {key: result for part in parts for key, result in part.read.items()},
        {key: problems for part in parts for key, problems in part.problems.items()},
        any(part.pending for part in parts),
    )


def _has_content(file: ExpectedFile) -> bool:
    return file.file_type.content is not None and not file.skipped


def _paths_of(file: ExpectedFile) -> tuple[str, ...]:
    return (file.path,) if file.values_path is None else (file.path, file.values_path)


def _only(listing: RunListing, paths: Iterable[str]) -> RunListing:
    """Keep the entries at some paths."""
    kept: dict[str, dict[str, Entry]] = {}
    for path in paths:
        entry = listing.find(path)
        if entry is not None:
            folder, _, name = path.rpartition("/")
            kept.setdefault(folder, {})[name] = entry
    directories = {
        folder: replace(listing.directories[folder], entries=entries)
        for folder, entries in kept.items()
    }
    return replace(listing, directories=directories, inputs={}, passed_through={})


class _Loader:
    """Reads some of a run's files, one after the other."""

    def __init__(self, request: ContentRequest, expected: Sequence[ExpectedFile]) -> None:
        self.expected = expected
        self._listing, self._stored = request.listing, request.stored
        self._options, self._retry_errors = request.options, request.retry_errors
        self._genes: dict[str, frozenset[str]] = dict(self._stored.genes) if self._stored else {}
        self._read: dict[FileKey, ContentResult] = {}
        # What is not read now is as wrong as it was when it was read.
        known = self._stored.content_problems if self._stored else {}
        self._problems: dict[FileKey, tuple[Problem, ...]] = {
            file.key: tuple(each for each in known[file.key] if each.path in _paths_of(file))
            for file in expected
            if file.key in known and self._readable(file)
        }
        self._pending = False
        self._watch = Watch()
        root = unescape_name(self._listing.root)
        self._folder = f"{root}/{unescape_name(self._listing.path)}"
        self._links_lead_below = None if self._options.follow_links_out_of_root else root

    def load(self, watch: Watch) -> Contents:
        self._watch = watch
        for file in self.expected:
            entry = self._readable(file)
            if entry is not None:
                self._load_file(file, entry)
        return self._contents(pending=self._pending)

    def leave(self) -> Contents:
        """Read nothing more; what is left is for the next scan."""
        return self._contents(pending=True)

    def without(self, path: str) -> Contents:
        """Give what was read until one file did not answer."""
        found = self.leave()
        problem = _no_answer(path, self._options.seconds_per_file)
        stuck = {each.key: (problem,) for each in self.expected if self._is_at(path, each)}
        return replace(found, problems={**found.problems, **stuck})

    def behind(self, path: str) -> list[ExpectedFile]:
        """Give the files after the one that did not answer."""
        places = (at for at, file in enumerate(self.expected) if self._is_at(path, file))
        return list(self.expected[max(places, default=-1) + 1 :])

    def _is_at(self, path: str, file: ExpectedFile) -> bool:
        return path in map(self._absolute, _paths_of(file))

    def _contents(self, *, pending: bool) -> Contents:
        # Copies: a thread that was given up may go on when its file server comes back.
        problems = {key: each for key, each in self._problems.copy().items() if each}
        return Contents(self._read.copy(), problems, pending)

    def _load_file(self, file: ExpectedFile, entry: Entry) -> None:
        signature = self._signature(file, entry)
        known = self._known_problems(file.key, signature)
        if known is not None:
            self._problems[file.key] = known
            return
        try:
            result = self._result_of(file, entry, signature)
        except _Pending:
            self._pending = True
            return
        self._problems[file.key] = result.problems
        if not self._is_stored(file.key, result):
            self._read[file.key] = result

    def _readable(self, file: ExpectedFile) -> Entry | None:
        """Give the entry of a file whose content can be read."""
        entry = self._listing.find(file.path)
        if entry is None or entry.kind is not EntryKind.FILE or self._listing.what_hides(file.path):
            return None
        return entry

    def _signature(self, file: ExpectedFile, entry: Entry) -> str:
        parts = [READER_VERSION, f"{entry.size}:{entry.modified_ns}", file.path]
        if file.values_path is not None:
            values = self._listing.find(file.values_path)
            parts.append(f"{values.size}:{values.modified_ns}" if values else "-")
        if file.file_type.genes_from is not None:
            parts += [self._options.gene_rows, *sorted(self._genes_for(file) or ())]
        return hashlib.md5("|".join(parts).encode(), usedforsecurity=False).hexdigest()

    def _genes_for(self, file: ExpectedFile) -> frozenset[str] | None:
        return self._genes.get(file.slot) if self._options.gene_rows == "gene_list" else None

    def _known_problems(self, key: FileKey, signature: str) -> tuple[Problem, ...] | None:
        """Give the problems of content that need not be read again; None when it must be."""
        if self._stored is None or self._stored.signatures.get(key) != signature:
            return None
        problems = self._stored.content_problems.get(key, ())
        errors = [each for each in problems if each.severity is Severity.ERROR]
        refused = any(each.code == "CONTENT_REFUSED" for each in errors)
        return None if refused or (errors and self._retry_errors) else problems

    def _is_stored(self, key: FileKey, result: ContentResult) -> bool:
        """Tell whether a file that was tried again gave what it gave before."""
        if self._stored is None or self._stored.signatures.get(key) != result.signature:
            return False
        return self._stored.content_problems.get(key, ()) == result.problems

    def _result_of(self, file: ExpectedFile, entry: Entry, signature: str) -> ContentResult:
        try:
            loaded = self._parse(file, entry)
        except ReadRefused as refused:
            if refused.refusal.errno_name == "ENOENT":
                raise _Pending from refused
            self._pending |= refused.refusal.errno_name not in _LASTING
            loaded = Loaded(None, (_refused(refused),))
        problems = (
            each if each.path else replace(each, path=file.path) for each in loaded.problems
        )
        self._remember_genes(file, loaded.data)
        data = None if loaded.data is None else JsonText(json.dumps(loaded.data))
        return ContentResult(signature, data, tuple(problems))

    def _parse(self, file: ExpectedFile, entry: Entry) -> Loaded:
        data = self._bytes(file.path, entry)
        if file.file_type.content == "exec_summary":
            return self._exec_summary(file, data)
        return self._unpacked(file.path, data, self._reader_of(file))

    def _reader_of(self, file: ExpectedFile) -> Callable[[bytes], Loaded]:
        if file.file_type.content == "gene_coverage":
            genes, keep = self._genes_for(file), self._options.gene_rows
            return partial(read_gene_coverage, genes=genes, keep=keep)
        return _READERS[file.file_type.content or ""]

    def _bytes(self, path: str, entry: Entry) -> bytes:
        absolute = self._absolute(path)
        root, limit = self._links_lead_below, self._options.max_bytes
        self._watch.begin(absolute)
        data, modified_ns = read_through_link(absolute, path, max_bytes=limit, root=root)
        self._watch.end()
        if (len(data), modified_ns) != (entry.size, entry.modified_ns):
            raise _Pending
        return data

    def _unpacked(self, path: str, data: bytes, read: Callable[[bytes], _T]) -> _T:
        limit = self._options.max_decompressed_bytes
        began = time.monotonic()
        with _UNPACKED:
            self._watch.queued += time.monotonic() - began
            return read(decompressed(data, self._absolute(path), path, max_bytes=limit))

    def _absolute(self, path: str) -> str:
        return f"{self._folder}/{unescape_name(path)}"

    def _exec_summary(self, file: ExpectedFile, summary: bytes) -> Loaded:
        """Read the values beside an exec summary; of itself it only has to name the sample."""
        named = self._unpacked(file.path, summary, _sample_named_in)
        if named is not None and named != file.sample_name:
            return Loaded(None, (_other_sample(named, file),))
        path = file.values_path
        entry = self._listing.find(path) if path is not None else None
        if path is None or entry is None or entry.kind is not EntryKind.FILE:
            return Loaded(None, (_values_missing(path or "its values"),))
        if entry.size == 0:
            return Loaded(None, (_values_empty(path),))
        read = partial(read_exec_summary, sample_name=file.sample_name or "")
        loaded = self._unpacked(path, self._bytes(path, entry), read)
        return Loaded(loaded.data, tuple(replace(each, path=path) for each in loaded.problems))

    def _remember_genes(self, file: ExpectedFile, data: JsonObject | None) -> None:
        if file.file_type.content == "gene_list":
            genes = (data or {}).get("genes")
            if isinstance(genes, list | tuple):
                self._genes[file.slot] = frozenset(str(gene) for gene in genes)
            else:
                self._genes.pop(file.slot, None)


_READERS: Mapping[str, Callable[[bytes], Loaded]] = {
    "gene_list": read_gene_list,
    "fastqc": read_fastqc,
    "flagstat": read_flagstat,
    "illumina_qc": read_illumina_qc,
}


def _sample_named_in(summary: bytes) -> str | None:
    for line in summary.decode("utf-8", "replace").splitlines():
        word, _, name = line.strip().partition(" ")
        if word == "Sample" and name.strip():
            return name.strip()
    return None


def _other_sample(named: str, file: ExpectedFile) -> Problem:
    return Problem(
        "EXEC_SUMMARY_OTHER_SAMPLE",
        Severity.ERROR,
        f"the summary is of sample {named!r}, and its name says {file.sample_name!r}",
        "Find out which is right: a summary under another sample's name must not be used.",
        path=file.path,
    )


def _values_missing(path: str) -> Problem:
    return Problem(
        "EXEC_SUMMARY_VALUES_MISSING",
        Severity.ERROR,
        "the exec summary is there and the table of its values is not",
        "Make the table again, or restore it beside the summary.",
        path=path,
    )


def _values_empty(path: str) -> Problem:
    return Problem(
        "EXEC_SUMMARY_VALUES_EMPTY",
        Severity.ERROR,
        "the table of the exec summary's values is empty (0 bytes)",
        "Make the table again.",
        path=path,
    )


def _refused(refused: ReadRefused) -> Problem:
    return Problem(
        "CONTENT_REFUSED",
        Severity.ERROR,
        f"{refused.refusal.path} could not be read ({refused.refusal.errno_name}): "
        f"{refused.refusal.reason}",
        "Make the file readable; it is tried again at the next scan.",
    )


def _no_answer(path: str, seconds: float) -> Problem:
    return Problem(
        "CONTENT_REFUSED",
        Severity.ERROR,
        f"{escape_name(path)} could not be read (ETIMEDOUT): no answer within {seconds:g} s "
        "(directory_timeout_seconds)",
        "Look whether its file server is up; the file is tried again at the next scan.",
    )
