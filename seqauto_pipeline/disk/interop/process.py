"""Ask the process that Illumina's library runs in, and say in a problem what became of it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.qc.run_figures import objects
from seqauto_pipeline.core.qc.values import JsonObject, Loaded
from seqauto_pipeline.disk.interop.files import INTEROP_FOLDER, InteropFiles, link_together
from seqauto_pipeline.disk.read import ReadRefused, refusal_of

_COPY_AGAIN = (
    "Compare the run's InterOp folder with the instrument's, and copy it again if it differs."
)
_TOO_LARGE = (
    "If the run is that large, raise interop_memory_mb or interop_seconds; else copy its InterOp "
    "folder from the instrument again. The next full scan tries again."
)
_INSTALL = "Install the package again: it needs the Python package `interop` from Illumina."


@dataclass(frozen=True, slots=True)
class InteropLimits:
    """What the figures of one run may cost."""

    seconds: float = 120
    memory_bytes: int = 4 << 30  # of address space


def read_interop(files: InteropFiles, limits: InteropLimits) -> Loaded:
    """Sum up a run's InterOp files in a process of its own.

    The data are those of `run_figures` and ``interop_file_versions``; None where a problem says
    why there are no figures. Whatever the library does with a bad file is a problem, never more.
    Raises ReadRefused where this machine has no room for it, which may pass.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="seqauto-interop-") as directory:
            link_together(files, Path(directory))
            return _run(directory, limits)
    except OSError as error:
        raise ReadRefused(refusal_of(tempfile.gettempdir(), INTEROP_FOLDER, error)) from error


def _run(directory: str, limits: InteropLimits) -> Loaded:
    seconds = str(max(int(limits.seconds), 1))
    command = [sys.executable, "-m", f"{__package__}.worker", directory]
    try:
        done = subprocess.run(  # noqa: S603 - this program itself
            [*command, str(limits.memory_bytes), seconds],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # numpy maps memory for each thread
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _refused(_too_slow(limits))
    if done.returncode != 0:
        return _refused(_died(done, limits))
    return _loaded(json.loads(done.stdout))


def _loaded(answer: JsonObject) -> Loaded:
    figures = answer.get("figures")
    if not isinstance(figures, dict):
        message = f"Illumina's library cannot read the InterOp files: {answer.get('refused')}"
        return _refused(_error("INTEROP_UNREADABLE", message, _COPY_AGAIN))
    if not figures.pop("tiles_read"):
        message = "The InterOp files hold no figures of any tile"
        return _refused(_error("INTEROP_NO_FIGURES", message, _COPY_AGAIN))
    data = {**figures, "interop_file_versions": answer["versions"]}
    return Loaded(data, tuple(map(_cut_off, objects(answer["cut_off"]))))


def _refused(problem: Problem) -> Loaded:
    return Loaded(None, (problem,))


def _error(code: str, message: str, fix: str) -> Problem:
    return Problem(code, Severity.ERROR, message, fix)


def _cut_off(file: JsonObject) -> Problem:
    message = (
        f"InterOp/{shown(str(file['name']))} was cut off: its last record has {file['bytes']} of "
        f"{file['record']} bytes, and the figures are those of the records before it"
    )
    return Problem("INTEROP_CUT_OFF", Severity.WARNING, message, _COPY_AGAIN)


def _too_slow(limits: InteropLimits) -> Problem:
    message = f"Illumina's library did not read the InterOp files within {limits.seconds:g} s"
    return _error("INTEROP_TOO_SLOW", message, _TOO_LARGE)


def _died(done: "subprocess.CompletedProcess[bytes]", limits: InteropLimits) -> Problem:
    said = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if done.returncode == -signal.SIGXCPU:
        return _too_slow(limits)
    if "MemoryError" in said or "bad_alloc" in said:
        megabytes = limits.memory_bytes >> 20
        message = f"Illumina's library needs more than {megabytes:,} MB for the InterOp files"
        return _error("INTEROP_TOO_LARGE", message, _TOO_LARGE)
    if "No module named 'interop'" in said:
        message = "Illumina's library is not installed, which reads InterOp files"
        return _error("INTEROP_NO_LIBRARY", message, _INSTALL)
    ended = f"signal {-done.returncode}" if done.returncode < 0 else f"code {done.returncode}"
    message = f"Illumina's library ended with {ended} while it read the InterOp files"
    return _error("INTEROP_CRASHED", message, _COPY_AGAIN)
