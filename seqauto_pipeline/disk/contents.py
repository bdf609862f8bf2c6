"""Read the content of found files, when it is new or changed, and never otherwise."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from seqauto_pipeline.core.expectations import ExpectedFile
from seqauto_pipeline.core.file_list import Entry, EntryKind, RunListing, unescape_name
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.qc_tables import (
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
from seqauto_pipeline.core.reconcile import FileKey
from seqauto_pipeline.core.run_plan import ContentResult, Contents, StoredRun
from seqauto_pipeline.disk.read import ReadRefused, decompressed, read_file, target_of

READER_VERSION = "1"  # a change of what the readers give makes every content new


@dataclass(frozen=True, slots=True)
class ContentOptions:
    max_bytes: int = 64 << 20
    max_decompressed_bytes: int = 512 << 20
    gene_rows: Keep = "gene_list"
    follow_links_out_of_root: bool = False


# What only a change of the file mends; anything else may be mended without leaving a trace in it.
_LASTING = frozenset({"EFBIG", "EBADGZIP"})


class _Pending(Exception):  # noqa: N818 - it is no error: the next scan reads the file
    """The file changed or went between its listing and its reading."""


def load_contents(
    expected: Iterable[ExpectedFile],
    listing: RunListing,
    stored: StoredRun | None,
    options: ContentOptions,
    *,
    retry_errors: bool,
) -> Contents:
    """Read what is new or changed of a run's files that have content.

    A file in error is read again when it changes, when its reading was refused, and always where
    ``retry_errors`` is set.
    """
    return _Loader(listing, stored, options, retry_errors).load(expected)


class _Loader:
    def __init__(
        self,
        listing: RunListing,
        stored: StoredRun | None,
        options: ContentOptions,
        retry_errors: bool,  # noqa: FBT001
    ) -> None:
        self._listing, self._stored, self._options = listing, stored, options
        self._retry_errors = retry_errors
        self._genes: dict[str, frozenset[str]] = dict(stored.genes) if stored else {}
        self._pending = False
        root = unescape_name(listing.root)
        self._folder = f"{root}/{unescape_name(listing.path)}"
        self._links_lead_below = None if options.follow_links_out_of_root else root

    def load(self, expected: Iterable[ExpectedFile]) -> Contents:
        read: dict[FileKey, ContentResult] = {}
        problems: dict[FileKey, tuple[Problem, ...]] = {}
        for file in expected:
            entry = self._readable(file)
            if entry is None:
                continue
            signature = self._signature(file, entry)
            known = self._known_problems(file.key, signature)
            if known is not None:
                problems[file.key] = known
                continue
            try:
                result = self._read(file, entry, signature)
            except _Pending:
                self._pending = True
                continue
            problems[file.key] = result.problems
            if not self._is_stored(file.key, result):
                read[file.key] = result
                self._remember_genes(file, result.data)
        return Contents(read, {key: each for key, each in problems.items() if each}, self._pending)

    def _readable(self, file: ExpectedFile) -> Entry | None:
        """Give the entry of a file whose content should be read."""
        if file.file_type.content is None or file.skipped:
            return None
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

    def _read(self, file: ExpectedFile, entry: Entry, signature: str) -> ContentResult:
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
        return ContentResult(signature, loaded.data, tuple(problems))

    def _parse(self, file: ExpectedFile, entry: Entry) -> Loaded:
        data = self._bytes(file.path, entry)
        if file.file_type.content == "exec_summary":
            return self._exec_summary(file, data)
        if file.file_type.content == "gene_coverage":
            genes = self._genes_for(file)
            return read_gene_coverage(data, genes=genes, keep=self._options.gene_rows)
        return _READERS[file.file_type.content or ""](data)

    def _bytes(self, path: str, entry: Entry) -> bytes:
        absolute = f"{self._folder}/{unescape_name(path)}"
        root = self._links_lead_below
        target = target_of(absolute, path, root)
        data, modified_ns = read_file(target, path, max_bytes=self._options.max_bytes, root=root)
        if (len(data), modified_ns) != (entry.size, entry.modified_ns):
            raise _Pending
        limit = self._options.max_decompressed_bytes
        return decompressed(data, absolute, path, max_bytes=limit)

    def _exec_summary(self, file: ExpectedFile, summary: bytes) -> Loaded:
        """Read the values beside an exec summary; of itself it only has to name the sample."""
        named = _sample_named_in(summary)
        if named is not None and named != file.sample_name:
            return Loaded(None, (_other_sample(named, file),))
        path = file.values_path
        entry = self._listing.find(path) if path is not None else None
        if path is None or entry is None or entry.kind is not EntryKind.FILE:
            return Loaded(None, (_values_missing(path or "its values"),))
        if entry.size == 0:
            return Loaded(None, (_values_empty(path),))
        loaded = read_exec_summary(self._bytes(path, entry), sample_name=file.sample_name or "")
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
