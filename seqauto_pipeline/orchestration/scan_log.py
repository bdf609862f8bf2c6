"""The log files of scans: one JSON object a line, put aside at a size, with the scan in each.

One scan at a time writes them, under the scan lock: nothing else has to keep processes apart.
"""

import json
import logging
import math
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

import dagster as dg

from seqauto_pipeline.db.look.session import looking, sqlite_file_of
from seqauto_pipeline.db.queries.scan_lines import ScanLine, scan_lines
from seqauto_pipeline.errors import SeqAutoError
from seqauto_pipeline.orchestration.beside_the_record import note
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.orchestration.times import from_timestamp

FILE_NAME = "seqauto.log"

_ABOUT = "about"  # the attribute of a record that holds what its line is about
_TOLD = {
    dg.DagsterEventType.STEP_START: logging.INFO,
    dg.DagsterEventType.STEP_SUCCESS: logging.INFO,
    dg.DagsterEventType.STEP_FAILURE: logging.ERROR,
}
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class _JsonLines(logging.Formatter):
    """Writes a record as one JSON object, in ASCII: no character of it acts on a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        time = from_timestamp(record.created).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), **getattr(record, _ABOUT, {})}
        return json.dumps({**line, "message": record.getMessage()})


class _ScanFile(RotatingFileHandler):
    """The log file. The first line that cannot be written is the last one that is tried.

    A first scan writes a dozen lines for each sequencing run: the library's handler formats each
    twice and asks the disk four times.
    """

    trouble: str | None = None  # why it could not be written
    is_in_haste = False  # whether lines wait for others before they are written
    _bytes = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        if self.trouble is not None:
            return
        try:
            line = f"{self.format(record)}\n"  # in ASCII: as many bytes as characters
            stream = self.stream or self._open()  # who configures logging closes all of its files
            if self._bytes + len(line) >= self.maxBytes > 0:
                self.doRollover()
                stream = self.stream or self._open()
            self._bytes += len(line)
            stream.write(line)
            if not self.is_in_haste:
                self.flush()
        except Exception:  # as the library's: what cannot be written fails nobody
            self.handleError(record)

    def _open(self) -> TextIOWrapper:
        self.stream = stream = super()._open()
        facts = os.fstat(stream.fileno())
        self._bytes = facts.st_size if stat.S_ISREG(facts.st_mode) else -math.inf  # not put aside
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  (logging's)
        error = sys.exception()
        self.trouble = getattr(error, "strerror", None) or str(error)

    def close(self) -> None:
        try:
            super().close()
        except OSError as error:  # of what is still in its buffer
            self.trouble = self.trouble or error.strerror


class ScanLog:
    """Writes the lines of one scan."""

    def __init__(self, handler: logging.Handler, scan: str) -> None:
        handler.setFormatter(_JsonLines())
        self._handler = handler
        self._logger = logging.Logger(__name__)  # of no hierarchy: nothing else configures it
        self._logger.addHandler(handler)
        self._scan = scan

    def write(self, level: int, message: str, sequencing_run: str = "", **more: str) -> None:
        """Write a line; an empty sequencing run means that it is about the whole scan."""
        about = {"scan": self._scan, "sequencing_run": sequencing_run or None, **more}
        self._logger.log(level, message, extra={_ABOUT: about})

    def write_runs(self, lines: Iterable[ScanLine]) -> None:
        """Write what a scan found out about its runs; the next line of another kind shows it."""
        if isinstance(self._handler, _ScanFile):
            self._handler.is_in_haste = True
        try:
            for line in lines:
                self.write(_LEVELS[line.level], line.text, line.sequencing_run, path=line.folder)
        finally:
            if isinstance(self._handler, _ScanFile):
                self._handler.is_in_haste = False

    def warn(self, message: str) -> None:
        self.write(logging.WARNING, message)

    def step(self, event: dg.DagsterEvent) -> None:
        """Tell of a step that began or ended."""
        level = _TOLD.get(event.event_type)
        if level is not None:
            message = event.message or event.event_type.value
            self.write(level, message, step=str(event.step_key))


@contextmanager
def scan_log(site: Site, instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[ScanLog]:
    """Open the log for a scan. Trouble with it is noted on the scan, and fails none."""
    handler, trouble = _handler(site)
    log = ScanLog(handler, run.run_id)
    log.write(logging.INFO, "scan begins")
    try:
        yield log
    finally:
        _tell_of_runs(log, site, run.run_id)
        log.write(logging.INFO, "scan ends")
        handler.close()
        trouble = trouble or getattr(handler, "trouble", None)
        if trouble is not None:
            file = log_directory(site) / FILE_NAME
            note(f"Log: {file} could not be written: {trouble}", instance, run)


def log_directory(site: Site) -> Path:
    return site.settings.log_directory or site.home / "logs"


def read_log(site: Site, scan: str) -> Iterator[str]:
    """Give the lines of one scan, oldest first. ``scan`` is its full id."""
    directory = log_directory(site)
    names = [f"{FILE_NAME}.{number}" for number in range(site.settings.log_files, 0, -1)]
    for name in (*names, FILE_NAME):
        path = directory / name
        if path.is_file():
            with path.open(encoding="utf-8", errors="replace") as lines:
                yield from (line.rstrip("\n") for line in lines if f'"scan": "{scan}"' in line)


def _handler(site: Site) -> tuple[logging.Handler, str | None]:
    """Give what writes the log, and why it does not."""
    directory = log_directory(site)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handler = _ScanFile(
            directory / FILE_NAME,
            maxBytes=site.settings.log_max_bytes,
            backupCount=site.settings.log_files - 1,
            encoding="utf-8",
        )
    except OSError as error:  # a full disk, or a directory of another user
        return logging.NullHandler(), error.strerror
    return handler, None


def _tell_of_runs(log: ScanLog, site: Site, scan: str) -> None:
    try:
        file = sqlite_file_of(site.database_url)
        if file is not None and not file.exists():  # the scan failed before it made the database
            return
        with looking(site.database_url) as session:
            log.write_runs(scan_lines(session, scan))
    except SeqAutoError as error:
        log.write(logging.ERROR, str(error))
