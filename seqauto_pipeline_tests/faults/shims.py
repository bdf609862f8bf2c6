"""Libraries that make disks slow or broken and clocks wrong: preloaded into the campaign itself.

They do nothing until a variable of theirs is set. So a fork gets a fault by its environment, and
need not begin as a program of its own, which would take longer than its scan.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_SOURCES = (
    Path(__file__).parents[2] / "benchmarks" / "bad_disk.c",
    Path(__file__).with_name("clock.c"),
)
_FOLDER = "FAULTS_SHIMS"  # the variable that names where they are, once they are loaded


def preload() -> None:
    """Begin this program anew with the libraries, where they can be built; once."""
    if are_loaded():
        del os.environ["LD_PRELOAD"]  # here they are: what we start needs them where we say so
    elif shutil.which("gcc") is not None:
        folder = Path(tempfile.mkdtemp(prefix="shims-"))
        for source in _SOURCES:
            _build(source, folder)
        environ = {**os.environ, **_loaded_from(folder), _FOLDER: str(folder)}
        os.execve(sys.executable, [sys.executable, *sys.argv], environ)


def are_loaded() -> bool:
    return _FOLDER in os.environ


def variables() -> dict[str, str]:
    """Give what loads them into programs that a fork starts."""
    return _loaded_from(Path(os.environ[_FOLDER]))


def remove() -> None:
    if are_loaded():
        shutil.rmtree(os.environ[_FOLDER], ignore_errors=True)


def _library(source: Path, folder: Path) -> str:
    return str(folder / f"{source.stem}.so")


def _build(source: Path, folder: Path) -> None:
    build = ("gcc", "-shared", "-fPIC", "-o", _library(source, folder), str(source), "-ldl")
    subprocess.run(build, check=True, timeout=60)


def _loaded_from(folder: Path) -> dict[str, str]:
    return {"LD_PRELOAD": ":".join(_library(source, folder) for source in _SOURCES)}
