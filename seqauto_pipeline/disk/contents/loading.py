"""Reading the contents of some runs, dealt out to threads that may hang."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.core.verdict.file_contents import Contents
from seqauto_pipeline.disk.contents.paths import paths_of
from seqauto_pipeline.disk.contents.reading import ContentReader
from seqauto_pipeline.disk.contents.request import ContentRequest
from seqauto_pipeline.disk.open_folders import OpenFolders
from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.disk.parallel.workers import Watch, supervised_map

_FILES_PER_JOB = 6  # of one of several threads: taking turns file by file costs as much as reading
_BUSY_SHARE = 0.9  # of its time: a process that works less has waited for the disk, or a core
_LARGE_BYTES = 8 << 20  # no more than one file of more than that is held at a time
_FILES_THAT_HANG = 2  # of one run: then its file server is down


@dataclass(frozen=True, slots=True)
class ContentRequests:
    """What to read of some runs of one root. It may go to another process.

    A thread that takes over from another one, or gives back to it, often waits for a core, longer
    than a run's small files take to read: so one thread reads several runs.
    """

    runs: tuple[ContentRequest, ...]

    def load(self, roots: KnownRoots, /) -> list[Contents]:
        """Read what is new or changed.

        A file in error is read again when it changes, when its reading was refused, and always
        where ``retry_errors`` is set. One that does not answer in time is named, and costs the time
        limit once. When more of its run do not, their file server is down: what was not begun of
        that run is left for the next scan. ``roots`` remembers such roots from run to run.
        """
        runs = [_RunsContents(each) for each in self.runs]
        _read(runs, roots)
        for run in runs:  # after a file that did not answer, each by itself
            root = run.request.listing.root
            while run.left and run.stuck < (1 if root in roots.silent else _FILES_THAT_HANG):
                _read([run], roots)
            if run.stuck >= _FILES_THAT_HANG:
                roots.silent.add(root)
            elif not run.stuck and any(each.read for each in run.found):
                roots.silent.discard(root)
        return [run.together() for run in runs]


class _RunsContents:
    """What has been read of one run, and what is left to read of it."""

    def __init__(self, request: ContentRequest) -> None:
        self.request = request
        self.found: list[Contents] = []
        self.left: list[ExpectedFile] = list(request.expected)
        self.stuck = 0  # files that did not answer

    def take(self, files_at_once: int) -> Iterator[tuple[ContentReader, bool]]:
        """Give readers of what is left, and which of them read large files."""
        by_slot: dict[str, list[ExpectedFile]] = {}  # what has to be read in order stays together
        for file in self.left:
            by_slot.setdefault(file.slot, []).append(file)
        self.left = []
        follows = self.request.options.follow_links_out_of_root
        folders = OpenFolders(None if follows else unescape_name(self.request.listing.root))
        large: list[ExpectedFile] = []
        part: list[ExpectedFile] = []
        for files in by_slot.values():
            if any(map(self._is_large, files)):
                large += files
                continue
            part += files
            if len(part) >= files_at_once:
                yield self._reader_of(part, folders), False
                part = []
        if part:
            yield self._reader_of(part, folders), False
        if large:
            yield self._reader_of(large, folders), True

    def together(self) -> Contents:
        """Give all that was read; what was not keeps the problems of its last reading."""
        found = [*self.found, self._reader_of(self.left).leave()] if self.left else self.found
        return Contents(
            {key: result for part in found for key, result in part.read.items()},
            {key: problems for part in found for key, problems in part.problems.items()},
            any(part.pending for part in found),
        )

    def _reader_of(
        self, files: Sequence[ExpectedFile], folders: OpenFolders | None = None
    ) -> ContentReader:
        request = self.request
        return ContentReader(
            files,
            request.listing,
            request.stored,
            request.options,
            retry_errors=request.retry_errors,
            measured=request.measured,
            folders=folders,
        )

    def _is_large(self, file: ExpectedFile) -> bool:
        found = map(self.request.listing.find, paths_of(file))
        return any(entry.size > _LARGE_BYTES for entry in found if entry is not None)


@dataclass(slots=True)
class _Job:
    """Readers that one thread goes through, in order."""

    parts: list[tuple[_RunsContents, ContentReader]]
    done: list[Contents] = field(default_factory=list)
    is_given_up: bool = False

    def load(self, is_over: Callable[[], object], watch: Watch) -> list[Contents]:
        for _, reader in self.parts:
            if self.is_given_up or is_over():
                break
            self.done.append(reader.load(watch))
        return self.done

    def give_up(self, path: str) -> list[Contents]:
        """Leave the file that did not answer; the thread that hangs at it may come back."""
        self.is_given_up = True
        done = list(self.done)
        if len(done) == len(self.parts):  # it has just come back
            return done
        run, reader = self.parts[len(done)]
        run.stuck += 1
        run.left += reader.behind(path)
        return [*done, reader.without(path)]

    def take_back(self, done: Sequence[Contents]) -> None:
        """Give each run what was read of it; the rest is left."""
        for (run, _), contents in zip(self.parts, done, strict=False):
            run.found.append(contents)
        for run, reader in self.parts[len(done) :]:
            run.left += reader.expected


def _read(runs: Sequence[_RunsContents], roots: KnownRoots) -> None:
    """Read what is left of some runs of a root, until a file does not answer."""
    if not any(run.left for run in runs):
        return
    request = runs[0].request
    root, options = request.listing.root, request.options
    threads = roots.threads(root)
    jobs = list(_dealt_out(runs, threads))
    stuck: list[str] = []

    def give_up(job: _Job, path: str) -> list[Contents]:
        done = job.give_up(path)
        stuck.append(path)
        return done

    at_first = min(threads, len(jobs))
    results = supervised_map(
        lambda job, watch: job.load(lambda: stuck, watch),
        jobs,
        threads=1 if root in roots.silent else options.threads,
        seconds=options.seconds_per_file,
        when_stuck=give_up,
        at_first=at_first,
        tell=_note_in(roots, root, at_first),
    )
    for job, done in zip(jobs, list(results), strict=True):
        job.take_back(done)


def _dealt_out(runs: Iterable[_RunsContents], threads: int) -> Iterator[_Job]:
    """Deal the files out to threads: all to a single one, for which nobody has to wait then."""
    job, large = _Job([]), _Job([])
    for run in runs:
        for reader, is_large in run.take(_FILES_PER_JOB if threads > 1 else len(run.left)):
            (large if is_large else job).parts.append((run, reader))
            if threads > 1 and not is_large:
                yield job
                job = _Job([])
    if threads == 1:
        large = _Job([*job.parts, *large.parts])
    if large.parts:
        yield large


def _note_in(roots: KnownRoots, root: str, at_first: int) -> Callable[[int], None]:
    """Begin to measure; give what is to be told how many threads there were at the end."""
    began, worked_before = time.monotonic(), time.process_time()

    def note(ended: int) -> None:
        worked, took = time.process_time() - worked_before, time.monotonic() - began
        roots.used_threads(root, at_first, ended, is_busy=worked > _BUSY_SHARE * took)

    return note
