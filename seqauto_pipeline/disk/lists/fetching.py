"""Get the list of a root: from the file that another machine wrote, or from a command."""

import hashlib
import os
import selectors
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.disk.lists.lines import ListError
from seqauto_pipeline.disk.lists.list_file import ListFile, ended_at, open_list
from seqauto_pipeline.disk.parallel.workers import Watch

DEFAULT_MAX_AGE_HOURS, DEFAULT_TIMEOUT_SECONDS = 24.0, 3600.0
_MOST_BYTES = 64 << 30  # of a list: more is no list
_CHUNK = 1 << 20
# O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
_OPEN = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_SECONDS_BETWEEN_LOOKS = 0.5  # whether the scan was given up, or the time is over
_KEPT_OF_STDERR = 4096
_GZIP_MAGIC = b"\x1f\x8b"
_SHOWN_OF_OTHERS = 120  # bytes of what is no list
_AHEAD_SECONDS = 300.0  # clocks of different machines differ by less
_FAR_AHEAD_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where the list of one root comes from: a command that writes it, or else a file."""

    root: str  # as this machine calls it
    root_there: str  # as the machine that lists calls it, escaped
    command: tuple[str, ...] = ()
    file: Path | None = None
    max_age_hours: float = DEFAULT_MAX_AGE_HOURS
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS

    @property
    def words(self) -> str:
        """Name it for people."""
        return shown(" ".join(self.command)) if self.command else str(self.file)


def lists_folder(home: Path) -> Path:
    return home / "lists"


def kept_list(folder: Path, root: str) -> Path:
    """Where the list that a scan took for a root is kept, until the next one."""
    digest = hashlib.sha256(root.encode("utf-8", "surrogateescape")).hexdigest()
    return folder / f"{digest[:24]}.jsonl.gz"


def forget_others(folder: Path, sources: Iterable[ListSource]) -> None:
    """Delete what is kept of roots that are no longer listed elsewhere, or was left half done."""
    wanted = {kept_list(folder, source.root) for source in sources}
    for path in folder.glob("*.jsonl.*"):
        if path not in wanted:
            path.unlink(missing_ok=True)


def fetch_list(
    source: ListSource,
    request: str,
    folder: Path,
    depth: int,
    is_over: threading.Event,
    watch: Watch,
) -> tuple[ListFile, tuple[str, ...]]:
    """Get a list, check it, and keep it in a folder in place of the last one. Raises ListError.

    ``request`` is what a command is asked for. ``watch`` knows of each call on the disk that has
    the file. Gives also what a person should know of the list.
    """
    watch.end()
    kept = kept_list(folder, source.root)
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".partial-{os.getpid()}")
    try:
        with partial.open("wb") as copy:
            if source.command:
                _run(source, request, copy, is_over)
            else:
                copy.writelines(_copied(source, watch))
        _require_beginning(source, partial)
        found = open_list(partial)
        notes = _checked(found, source, depth, kept)
        partial.replace(kept)
    except OSError as error:
        raise ListError(f"its list cannot be kept in {folder}: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return replace(found, path=kept), notes


def _copied(source: ListSource, watch: Watch) -> Iterator[bytes]:
    """Read a list from a disk that may hang, or that others may have put anything on."""
    file = str(source.file)
    watch.begin(file)
    try:
        handle = os.open(file, _OPEN)
        try:
            facts = os.fstat(handle)
            _require_list(source, facts)
            left = facts.st_size
            while left > 0 and (data := os.read(handle, min(_CHUNK, left))):
                watch.end()
                yield data
                left -= len(data)
                watch.begin(file)
        finally:
            os.close(handle)
    except OSError as error:
        raise ListError(
            f"its list {file} cannot be read: {error.strerror}. Look whether the job that "
            "writes it still runs (docs/list_files.md)"
        ) from error
    watch.end()


def _require_list(source: ListSource, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise ListError(f"{source.file} is no regular file: name the list itself in list_file")
    if facts.st_size > _MOST_BYTES:
        raise ListError(f"{source.file} is larger than any list: {_MOST_BYTES >> 30} GiB")


def _require_beginning(source: ListSource, path: Path) -> None:
    """Raise ListError for what is no list from its first byte on, as a login's greeting is."""
    with path.open("rb") as copy:
        start = copy.read(_SHOWN_OF_OTHERS)
    if start.startswith(_GZIP_MAGIC):
        return
    if not start:
        raise ListError(f"{source.words} gives nothing, expected what list_files.pyz writes")
    begins = shown(start.decode("utf-8", "replace").partition("\n")[0])
    raise ListError(
        f"{source.words} gives text that begins with {begins!r}, expected what list_files.pyz "
        "writes, and nothing before it: let the account's shell print no greeting where nobody "
        "logs in (.bashrc, .profile)"
    )


def _checked(found: ListFile, source: ListSource, depth: int, kept: Path) -> tuple[str, ...]:
    """Raise ListError for a list that is not of this root, or not of now; else give notes."""
    header = found.header
    if header.root != source.root_there:
        raise ListError(
            f"{source.words} lists {shown(header.root, 200)} on {header.host}, expected "
            f"{source.root_there}: correct the command or file, or root_there of this root"
        )
    if header.depth != depth:
        raise ListError(
            f"{source.words} lists run folders {header.depth} levels below the root, and the "
            f"layout has them at {depth}: list with the request of `seqauto list-files "
            "--print-request`"
        )
    if header.runs and not source.command:
        raise ListError(f"{source.words} lists some run folders only: list all of them")
    return _checked_age(found, source, kept)


def _checked_age(found: ListFile, source: ListSource, kept: Path) -> tuple[str, ...]:
    age, host = time.time() - found.ended, found.header.host
    if not source.command:
        _require_current(found, source, age)
        last = ended_at(kept)
        if last is not None and last > found.ended:
            raise ListError(
                f"its list {source.file} is older than the one that the last scan took: put the "
                f"newer one back, or delete {kept} if the older one is right"
            )
    if age < -_AHEAD_SECONDS or (source.command and age > _AHEAD_SECONDS):
        apart = f"{abs(age):,.0f} s {'behind' if age > 0 else 'ahead of'} ours"
        note = f"The clock of {host}, which lists {source.root}, is {apart}: compare "
        return (f"{note}`timedatectl` on both.",)
    return ()


def _require_current(found: ListFile, source: ListSource, age: float) -> None:
    host = found.header.host
    if age > source.max_age_hours * 3600:
        raise ListError(
            f"its list {source.file} was made {age / 3600:,.1f} hours ago on {host}, and "
            f"list_max_age_hours allows {source.max_age_hours:g}: look there why no newer one came"
        )
    if age < -_FAR_AHEAD_SECONDS:
        raise ListError(
            f"its list {source.file} is dated {-age:,.0f} s in the future, so its age cannot be "
            f"told: compare `timedatectl` here and on {host}"
        )


def _run(source: ListSource, request: str, copy: BinaryIO, is_over: threading.Event) -> None:
    """Run the command, its request on its standard input, and keep what it writes."""
    with tempfile.TemporaryFile() as asked, _started(source, asked, request) as process:
        said = _received(process, source, copy, is_over)
        code = process.wait(timeout=_SECONDS_BETWEEN_LOOKS * 20)
    if code != 0:
        last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
        ended = f"signal {-code}" if code < 0 else f"code {code}"
        told = f", and said: {shown(last)}" if last else ""
        raise ListError(f"its list_command ({source.words}) ended with {ended}{told}")


@contextmanager
def _started(
    source: ListSource, asked: BinaryIO, request: str
) -> Iterator["subprocess.Popen[bytes]"]:
    asked.write(request.encode())
    asked.seek(0)
    try:
        process = subprocess.Popen(  # noqa: S603 - of the settings, and no shell
            source.command,
            stdin=asked,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        reason = f"its list_command ({source.words}) cannot be started: {error.strerror}"
        raise ListError(reason) from error
    try:
        yield process
    except subprocess.TimeoutExpired:
        raise ListError(f"its list_command ({source.words}) does not end") from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        process.wait()


def _received(
    process: "subprocess.Popen[bytes]",
    source: ListSource,
    copy: BinaryIO,
    is_over: threading.Event,
) -> bytes:
    """Copy what a command writes; give the end of what it says on its standard error."""
    said, size, until = b"", 0, time.monotonic() + source.timeout_seconds
    with selectors.DefaultSelector() as waiting:
        for stream, is_said in ((process.stdout, False), (process.stderr, True)):
            if stream is not None:
                waiting.register(stream, selectors.EVENT_READ, is_said)
        while waiting.get_map():
            ended = f"its list_command ({source.words}) was ended after {size:,} bytes"
            if is_over.is_set():
                raise ListError(f"{ended}, with its scan")
            if size > _MOST_BYTES:
                raise ListError(f"{ended}: that is larger than any list")
            if time.monotonic() > until:
                limit = f"{source.timeout_seconds:g} s (list_timeout_seconds)"
                raise ListError(f"{ended}: it may take {limit}")
            for key, _ in waiting.select(_SECONDS_BETWEEN_LOOKS):
                data = os.read(key.fd, _CHUNK)
                if not data:
                    waiting.unregister(key.fileobj)
                elif key.data:
                    said = (said + data)[-_KEPT_OF_STDERR:]
                else:
                    size += copy.write(data)
    return said
