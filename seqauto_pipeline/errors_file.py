"""The file of tracebacks, and of what libraries print: people are told in sentences of ours."""

import io
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from pathlib import Path

ERRORS_FILE = "seqauto-errors.log"

_MOST_BYTES = 1 << 20  # of the file: what is older goes
_STDERR = 2  # its descriptor
_OF_AN_EVENT = " - dagster - DEBUG - "


class Screen(io.TextIOWrapper):
    """Where lines are shown or kept: once it hangs up or is full it breaks nothing."""

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()

    def close(self) -> None:
        with suppress(OSError):
            super().close()


def keep_in_errors_file(text: str, home: Path | None) -> Path | None:
    """Add a text to the file of the home, or where that cannot be written of /tmp; tell which."""
    for path in _places(home):
        with (
            suppress(OSError),
            os.fdopen(_open(path), "a", encoding="utf-8", errors="backslashreplace") as file,
        ):
            file.write(f"{text}\n")
            file.flush()
            return path
    return None


@contextmanager
def printed_lines_kept(home: Path) -> Iterator[None]:
    """Keep in the file what is printed on stderr meanwhile, by processes begun meanwhile, too.

    Dagster prints tracebacks and warnings there of what a person is told in a sentence anyway. It
    asks for the stream's descriptor, so that a real file stands in until the end. Its line of each
    event is not kept: its own storage has the event.
    """
    with _anonymous_file() as printed:
        try:
            with redirect_stderr(printed), _inherited_stderr(printed), logged_lines_kept(home):
                yield
        finally:
            with suppress(OSError):
                printed.seek(0)
                lines = printed.read(_MOST_BYTES).splitlines(keepends=True)
                if text := "".join(each for each in lines if _OF_AN_EVENT not in each):
                    keep_in_errors_file(text.rstrip(), home)


@contextmanager
def _inherited_stderr(printed: Screen) -> Iterator[None]:
    """Give what is printed to a file as stderr to the processes that begin meanwhile."""
    try:
        before = os.dup(_STDERR)
    except OSError:  # this process has none
        yield
        return
    try:
        os.dup2(printed.fileno(), _STDERR)
        yield
    finally:
        os.dup2(before, _STDERR)
        os.close(before)


def _anonymous_file() -> Screen:
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - who calls closes what it is wrapped in
    except OSError:  # no room: what is printed is lost
        file = Path(os.devnull).open("r+b")  # noqa: SIM115
    return Screen(file, line_buffering=True, encoding="utf-8", errors="backslashreplace")


@contextmanager
def logged_lines_kept(home: Path) -> Iterator[None]:
    """Keep in the file what libraries log meanwhile, where nobody has said whereto."""
    root = logging.getLogger()
    if root.handlers:
        yield
        return
    handler = _FileHandler(home)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _FileHandler(logging.Handler):
    """Opens the file for each line: there is hardly ever one."""

    def __init__(self, home: Path) -> None:
        super().__init__(logging.WARNING)
        self._home = home
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        keep_in_errors_file(self.format(record), self._home)


def _places(home: Path | None) -> Iterator[Path]:
    for folder in (home, Path(tempfile.gettempdir())):
        if folder is not None:
            yield folder / ERRORS_FILE


def _open(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(path, flags, 0o600)
    if os.fstat(handle).st_size > _MOST_BYTES:
        os.ftruncate(handle, 0)
    return handle
