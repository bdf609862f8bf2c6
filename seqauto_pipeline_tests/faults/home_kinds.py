"""Faults of the home: its room, its files, its locks."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from seqauto_pipeline_tests.faults.bench import until
from seqauto_pipeline_tests.faults.child import forked
from seqauto_pipeline_tests.faults.trial import Fault, Trial

_LEVELS = 20  # of a full home: from nothing left to more than a scan needs


@contextmanager
def filled(folder: Path, left: int) -> Iterator[None]:
    """Leave so many bytes on the disk of a folder."""
    filler = folder / "filler"
    try:
        with filler.open("wb") as file:
            until(lambda: _takes_all_but(file.fileno(), left), 5)  # others write meanwhile
        yield
    finally:
        filler.unlink()


def _takes_all_but(handle: int, left: int) -> bool:
    room, has = os.fstatvfs(handle), os.fstat(handle).st_size
    try:
        os.posix_fallocate(handle, 0, max(1, has + room.f_bavail * room.f_frsize - left))
    except OSError:
        return False
    return True


def _full(trial: Trial) -> None:
    left = trial.chance.randrange(_LEVELS) ** 2 * 4096
    with filled(trial.bench.home, left):
        trial.start().wait(60)


def _fills_up(trial: Trial) -> None:
    child = trial.begun()
    with filled(trial.bench.home, 0):
        child.wait(60)


def _read_only(trial: Trial) -> None:
    home = str(trial.bench.home)
    subprocess.run(["mount", "-o", "remount,ro", home], check=True)
    try:
        trial.start().wait(60)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", home], check=True)


def _spoil(how: str, path: Path, trial: Trial) -> None:
    """Spoil one file: overwrite a part, cut it, empty it, remove it, or put a directory there."""
    match how:
        case "damaged":
            data = bytearray(path.read_bytes())
            at = trial.chance.randrange(max(1, len(data)))
            data[at : at + 4096] = trial.chance.randbytes(min(4096, len(data) - at))
            data[:16] = trial.chance.randbytes(16)
            path.write_bytes(data)
        case "cut":
            os.truncate(path, path.stat().st_size // 2)
        case "emptied":
            os.truncate(path, 0)
        case "gone":
            path.unlink()
        case _:
            path.unlink()
            path.mkdir()


def _restored(name: str, how: str, trial: Trial) -> None:
    """Spoil a file that has to be restored, as the message says, scan, and restore it."""
    path = _one_of(trial, name)
    beside = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    kept = trial.bench.spare / "copy"
    shutil.copy2(path, kept)
    for each in beside:
        each.unlink(missing_ok=True)
    _spoil(how, path, trial)
    try:
        trial.start().wait(60)
    finally:
        if path.is_dir():
            path.rmdir()
        for each in beside:
            each.unlink(missing_ok=True)
        shutil.copy2(kept, path)


def _left_spoilt(name: str, how: str, trial: Trial) -> None:
    """Spoil a file that scans do without."""
    _spoil(how, _one_of(trial, name), trial)
    trial.start().wait(60)


def _one_of(trial: Trial, name: str) -> Path:
    return trial.chance.choice(sorted(trial.bench.home.glob(name)))


def _locked(name: str, trial: Trial) -> None:
    """Hold a database for writing, as a backup does."""
    path, has_it = _one_of(trial, name), trial.bench.spare / "locked"

    def hold() -> int:  # not here: the scan is forked from this process, and would share the lock
        holder = sqlite3.connect(path, isolation_level=None, timeout=10)
        holder.execute("BEGIN IMMEDIATE")
        has_it.touch()
        time.sleep(60)
        return 0

    holder = forked(hold, trial.bench.environ, trial.bench.spare / "output")
    until(has_it.exists, 30)
    trial.start()
    trial.pause(2.5)
    holder.end()


def _lock_file_removed(trial: Trial) -> None:
    trial.begun()
    for path in trial.bench.home.glob("*.scan-lock"):
        path.unlink()
    trial.start().wait(60)


def _log_on_full_disk(trial: Trial) -> None:
    log = trial.bench.home / "logs" / "seqauto.log"
    log.unlink(missing_ok=True)
    log.symlink_to("/dev/full")
    trial.start().wait(60)
    log.unlink()


def _text(name: str, text: str, trial: Trial) -> None:
    """Put a mistake into a file that people write."""
    path = trial.bench.home / name
    before = path.read_text()
    path.write_text(text)
    trial.start().wait(60)
    path.write_text(before)


def _moved_away(trial: Trial) -> None:
    """Take the file lists away while the scan works."""
    child = trial.begun()
    scans = trial.bench.home / "scans"
    aside = trial.bench.home / "scans-aside"
    scans.rename(aside)
    child.wait(60)
    shutil.rmtree(scans, ignore_errors=True)
    aside.rename(scans)


_MODELS = "seqauto.db"
_RUNS = "history/runs.db"
_EVENTS = "history/runs/index.db"
_LIST = "scans/*.jsonl.gz"
_KINDS: dict[str, tuple[Callable[[Trial], None], str]] = {
    "full, at 20 levels": (_full, "mount"),
    "fills up during the scan": (_fills_up, "mount"),
    "read-only": (_read_only, "mount"),
    "models damaged": (partial(_restored, _MODELS, "damaged"), "sqlite"),
    "models cut": (partial(_restored, _MODELS, "cut"), "sqlite"),
    "models emptied": (partial(_restored, _MODELS, "emptied"), "sqlite"),
    "models gone": (partial(_restored, _MODELS, "gone"), "sqlite"),
    "models a directory": (partial(_restored, _MODELS, "directory"), "sqlite"),
    "Dagster's runs damaged": (partial(_restored, _RUNS, "damaged"), "sqlite"),
    "Dagster's runs a directory": (partial(_restored, _RUNS, "directory"), "sqlite"),
    "Dagster's events cut": (partial(_restored, _EVENTS, "cut"), "sqlite"),
    "Dagster's runs gone": (partial(_left_spoilt, _RUNS, "gone"), "sqlite"),
    "file list damaged": (partial(_left_spoilt, _LIST, "damaged"), ""),
    "file list cut": (partial(_left_spoilt, _LIST, "cut"), ""),
    "file list gone": (partial(_left_spoilt, _LIST, "gone"), ""),
    "file lists moved away": (_moved_away, ""),
    "models locked": (partial(_locked, _MODELS), "sqlite"),
    "Dagster's runs locked": (partial(_locked, _RUNS), "sqlite"),
    "scan lock removed": (_lock_file_removed, "sqlite"),
    "log on a full disk": (_log_on_full_disk, ""),
    "dagster.yaml broken": (partial(_text, "dagster.yaml", "storage: [\n  a: b\n: x"), ""),
    "settings broken": (partial(_text, "seqauto.toml", "scan_roots = [\n"), ""),
    "settings without roots": (partial(_text, "seqauto.toml", "scan_roots = []\n"), "sqlite"),
}
HOME_FAULTS = tuple(
    Fault(f"home: {name}", inject, needs) for name, (inject, needs) in _KINDS.items()
)
