"""Read the content of a run's files, as far as it is new, and note what is wrong with it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from posixpath import dirname
from typing import TypeVar

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import Entry, EntryKind, RunListing, unescape_name
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.limits import judge_content
from seqauto_pipeline.core.qc.measured_run import MeasuredRun, judge_figures
from seqauto_pipeline.core.qc.readers import (
    JsonObject,
    Loaded,
    read_exec_summary,
    read_fastqc,
    read_flagstat,
    read_gene_coverage,
    read_gene_list,
    read_illumina_qc,
)
from seqauto_pipeline.core.qc.run_figures import qc_content
from seqauto_pipeline.core.verdict.file_contents import ContentResult, Contents, JsonText
from seqauto_pipeline.core.verdict.reconcile import FileKey
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.disk.contents.known import KnownContents, Signatures
from seqauto_pipeline.disk.contents.options import ContentOptions
from seqauto_pipeline.disk.contents.paths import is_computed, paths_of, paths_read_for
from seqauto_pipeline.disk.contents.problems import (
    content_refused,
    no_answer,
    other_sample,
    values_empty,
    values_missing,
)
from seqauto_pipeline.disk.interop import InteropFiles, interop_files, read_interop
from seqauto_pipeline.disk.open_folders import OpenFolders
from seqauto_pipeline.disk.parallel.workers import Watch
from seqauto_pipeline.disk.read import ReadRefused, decompressed, read_through_link

_T = TypeVar("_T")
# Threads are there to wait for the disk side by side. What a file unpacks to may be much: one of
# them at a time unpacks and parses.
_UNPACKING = threading.Lock()
# What only a change of the file mends; anything else may be mended without leaving a trace in it.
_LASTING_REFUSALS = frozenset({"EFBIG", "EBADGZIP"})


class _Pending(Exception):  # noqa: N818 - it is no error: the next scan reads the file
    """The file changed or went between its listing and its reading."""


class ContentReader:
    """Reads some of a run's files, one after the other; ``stored`` is what they held before."""

    def __init__(
        self,
        expected: Sequence[ExpectedFile],
        listing: RunListing,
        stored: StoredRun | None,
        options: ContentOptions,
        *,
        retry_errors: bool,
        measured: MeasuredRun | None = None,
        folders: OpenFolders | None = None,
    ) -> None:
        self.expected = expected
        self._folders = folders
        self._measured = measured
        self._listing, self._options = listing, options
        self._signatures = Signatures(listing, options.gene_rows, measured, options.figure_limits)
        self._known = KnownContents(stored, retry_errors)
        self._genes: dict[str, frozenset[str]] = dict(stored.genes) if stored else {}
        self._read: dict[FileKey, ContentResult] = {}
        # A file that is not read now keeps the problems of its last reading.
        known = stored.content_problems if stored else {}
        self._problems: dict[FileKey, tuple[Problem, ...]] = {
            file.key: tuple(each for each in known[file.key] if each.path in paths_of(file))
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
        self._folders = None  # the last of its run's readers closes them
        return self._contents(pending=self._pending)

    def leave(self) -> Contents:
        """Give what was read so far; the rest is for the next scan."""
        return self._contents(pending=True)

    def without(self, path: str) -> Contents:
        """Give what was read so far, and a problem for the file that did not answer."""
        found = self.leave()
        problem = no_answer(path, self._options.seconds_per_file)
        stuck = {each.key: (problem,) for each in self.expected if self._is_at(path, each)}
        return replace(found, problems={**found.problems, **stuck})

    def behind(self, path: str) -> list[ExpectedFile]:
        """Give the files after the one that did not answer."""
        places = (at for at, file in enumerate(self.expected) if self._is_at(path, file))
        return list(self.expected[max(places, default=-1) + 1 :])

    def _is_at(self, path: str, file: ExpectedFile) -> bool:
        return path in map(self._absolute, paths_of(file))

    def _contents(self, *, pending: bool) -> Contents:
        # Copies: a thread that was given up may go on when its file server comes back.
        problems = {key: each for key, each in self._problems.copy().items() if each}
        return Contents(self._read.copy(), problems, pending)

    def _load_file(self, file: ExpectedFile, entry: Entry) -> None:
        signature = self._signatures.of(file, entry, self._genes_for(file))
        known = self._known.problems_of(file.key, signature)
        if known is not None:
            self._problems[file.key] = known
            return
        try:
            result = self._result_of(file, entry, signature)
        except _Pending:
            self._pending = True
            return
        self._problems[file.key] = result.problems
        if not self._known.has(file.key, result):
            self._read[file.key] = result

    def _readable(self, file: ExpectedFile) -> Entry | None:
        """Give the entry of a file whose content can be read."""
        entry = self._listing.find(file.path)
        if entry is None or entry.kind is not EntryKind.FILE or self._listing.what_hides(file.path):
            return None
        return entry

    def _genes_for(self, file: ExpectedFile) -> frozenset[str] | None:
        return self._genes.get(file.slot) if self._options.gene_rows == "gene_list" else None

    def _result_of(self, file: ExpectedFile, entry: Entry, signature: str) -> ContentResult:
        try:
            loaded = self._parse(file, entry)
        except ReadRefused as refused:
            if refused.refusal.errno_name == "ENOENT":
                raise _Pending from refused
            self._pending |= refused.refusal.errno_name not in _LASTING_REFUSALS
            loaded = Loaded(None, (content_refused(refused),))
        found = (*loaded.problems, *self._out_of_range(file, loaded))
        problems = (each if each.path else replace(each, path=file.path) for each in found)
        self._remember_genes(file, loaded.data)
        data = None if loaded.data is None else JsonText.of(loaded.data)
        return ContentResult(signature, data, tuple(problems))

    def _out_of_range(self, file: ExpectedFile, loaded: Loaded) -> tuple[Problem, ...]:
        if loaded.data is None:
            return ()
        return judge_content(file.file_type.content or "", loaded.data, self._options.figure_limits)

    def _parse(self, file: ExpectedFile, entry: Entry) -> Loaded:
        if is_computed(file) and self._measured is not None:
            return self._figures(file, self._measured)
        data = self._bytes(file.path, entry)
        if file.file_type.content == "exec_summary":
            return self._exec_summary(file, data)
        return self._unpacked(file.path, data, self._reader_of(file))

    def _figures(self, file: ExpectedFile, measured: MeasuredRun) -> Loaded:
        """Compute a run's figures from the folder that a metrics file lies in."""
        self._watch.begin(self._absolute(file.path))
        with self._interop_files(file, measured) as files:
            self._watch.end()
            with self._one_at_a_time():
                found = read_interop(files, self._options.interop)
        if found.data is None:
            return found
        problems = (*found.problems, *judge_figures(found.data, measured))
        return Loaded(qc_content(found.data), problems)

    @contextmanager
    def _interop_files(self, file: ExpectedFile, measured: MeasuredRun) -> Iterator[InteropFiles]:
        listed, parameters = self._options.listed, measured.run_parameters
        if listed is None:
            yield interop_files(
                self._absolute(dirname(file.path)),
                self._absolute(measured.run_info),
                self._absolute(parameters) if parameters is not None else None,
                root=self._links_lead_below,
            )
            return
        paths = paths_read_for(file, self._listing, measured)
        given = [(path, self._absolute(path), path) for path in paths]
        with listed.copied(given, max_bytes=self._options.max_bytes) as folder:
            yield interop_files(
                str(folder / dirname(file.path)),
                str(folder / measured.run_info),
                str(folder / parameters) if parameters is not None else None,
            )

    def _reader_of(self, file: ExpectedFile) -> Callable[[bytes], Loaded]:
        if file.file_type.content == "gene_coverage":
            genes, keep = self._genes_for(file), self._options.gene_rows
            return partial(read_gene_coverage, genes=genes, keep=keep)
        return _READERS[file.file_type.content or ""]

    def _bytes(self, path: str, entry: Entry) -> bytes:
        absolute = self._absolute(path)
        root, limit = self._links_lead_below, self._options.max_bytes
        self._watch.begin(absolute)
        if self._options.listed is not None:
            data, modified_ns = self._options.listed.read(absolute, path, max_bytes=limit)
        else:
            data, modified_ns = read_through_link(
                absolute, path, max_bytes=limit, root=root, folders=self._folders
            )
        self._watch.end()
        if (len(data), modified_ns) != (entry.size, entry.modified_ns):
            raise _Pending
        return data

    def _unpacked(self, path: str, data: bytes, read: Callable[[bytes], _T]) -> _T:
        limit = self._options.max_decompressed_bytes
        with self._one_at_a_time():
            return read(decompressed(data, self._absolute(path), path, max_bytes=limit))

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        began = time.monotonic()
        with _UNPACKING:
            self._watch.queued += time.monotonic() - began
            yield

    def _absolute(self, path: str) -> str:
        return f"{self._folder}/{unescape_name(path)}"

    def _exec_summary(self, file: ExpectedFile, summary: bytes) -> Loaded:
        """Read the values beside an exec summary, whose own text only has to name the sample."""
        named = self._unpacked(file.path, summary, _sample_named_in)
        if named is not None and named != file.sample_name:
            return Loaded(None, (other_sample(named, file),))
        path = file.values_path
        entry = self._listing.find(path) if path is not None else None
        if path is None or entry is None or entry.kind is not EntryKind.FILE:
            return Loaded(None, (values_missing(path or "its values"),))
        if entry.size == 0:
            return Loaded(None, (values_empty(path),))
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
