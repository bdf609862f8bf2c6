"""Faults of the sequencing disks, and of the clock."""

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from seqauto_pipeline_tests.faults.bench import RUNS
from seqauto_pipeline_tests.faults.trial import LEDGERS, MESSAGES, SHEETS, Fault, Trial

_DAY = 86_400


def _aside(path: Path, trial: Trial) -> Path:
    return trial.bench.spare / path.name


def _swap_times(path: Path, at: "os.stat_result") -> None:
    os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns))


def _away(path: Path, trial: Trial, *, instead: Callable[[Path], object] = lambda _: None) -> None:
    """Have something else, or nothing, in the place of a path during a scan."""
    above = path.parent.stat()
    path.rename(_aside(path, trial))
    instead(path)
    trial.start().wait(60)
    if path.is_symlink() or path.exists():
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    _aside(path, trial).rename(path)
    _swap_times(path.parent, above)


def _root(instead: Callable[[Path], object], trial: Trial) -> None:
    _away(trial.bench.disk, trial, instead=instead)


def _any_run(trial: Trial) -> Path:
    return trial.bench.run(trial.chance.randrange(1, RUNS + 1)).folder


def _run(instead: Callable[[Path], object], trial: Trial) -> None:
    _away(_any_run(trial), trial, instead=instead)


def _file(instead: Callable[[Path], object], trial: Trial) -> None:
    run = trial.bench.run(trial.chance.randrange(1, RUNS + 1))
    places = (run.sheet, run.run_info, run.place("bam", "S2"), run.place("flagstat", "S2"))
    _away(trial.chance.choice([each for each in places if each.exists()]), trial, instead=instead)


def _goes_and_comes(path: Path, trial: Trial) -> None:
    above = path.parent.stat()
    child = trial.begun()
    path.rename(_aside(path, trial))
    child.wait(60)
    _aside(path, trial).rename(path)
    _swap_times(path.parent, above)


def _root_during(trial: Trial) -> None:
    _goes_and_comes(trial.bench.disk, trial)


def _run_during(trial: Trial) -> None:
    _goes_and_comes(_any_run(trial), trial)


def _kit_renamed(trial: Trial) -> None:
    _goes_and_comes(trial.bench.disk / "kit_a", trial)


def _swapped(trial: Trial) -> None:
    first, second = trial.bench.run(1).folder, trial.bench.run(2).folder
    times = {each: each.stat() for each in (first.parent, second.parent)}

    def swap() -> None:
        first.rename(_aside(first, trial))
        second.rename(first)
        _aside(first, trial).rename(second)

    swap()
    trial.start().wait(60)
    swap()
    for path, at in times.items():
        _swap_times(path, at)


def _restored_with_other_inodes(trial: Trial) -> None:
    """Copy the disk, and put the copy in its place while the scan works."""
    copy = trial.bench.spare / "copy"
    subprocess.run(["cp", "-a", str(trial.bench.disk), str(copy)], check=True)
    child = trial.begun()
    aside = trial.bench.spare / "aside"
    trial.bench.disk.rename(aside)
    copy.rename(trial.bench.disk)
    child.wait(60)
    shutil.rmtree(aside)


def _sheet_changes(write: Callable[[Path, bytes], object], trial: Trial) -> None:
    _changes(trial.bench.run(trial.chance.randrange(1, RUNS + 1)).sheet, write, trial)


def _table_changes(write: Callable[[Path, bytes], object], trial: Trial) -> None:
    _changes(trial.bench.run(RUNS).values_of("exec_summary"), write, trial)


def _changes(path: Path, write: Callable[[Path, bytes], object], trial: Trial) -> None:
    """Change a file at some moment of the scan, and put it back."""
    data, facts, above = path.read_bytes(), path.stat(), path.parent.stat()
    child = trial.begun()
    write(path, data)
    child.wait(60)
    path.write_bytes(data)
    _swap_times(path, facts)
    _swap_times(path.parent, above)


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name("new")
    new.write_bytes(data + b"\n")
    new.replace(path)


def _failing(number: int, trial: Trial) -> None:
    """Have every call on some path fail with an error."""
    paths = (
        trial.bench.disk,
        trial.bench.disk / "kit_b",
        _any_run(trial),
        trial.bench.run(1).sheet,
    )
    failing = str(trial.chance.choice(paths))
    trial.start(FAILING_PATHS=failing, FAILING_ERRNO=str(number)).wait(120)


def _hangs(trial: Trial) -> None:
    """Have every call on one run take four seconds, and the limit be one."""
    trial.start(
        SLOW_DISK=str(_any_run(trial)),
        SLOW_DISK_US="4000000",
        SEQAUTO_DIRECTORY_TIMEOUT_SECONDS="1",
    ).wait(120)


def _clock(seconds: int, trial: Trial) -> None:
    """Scan with a clock that differs."""
    trial.start(CLOCK_OFFSET=str(seconds)).wait(120)


def _moved_to_the_other_root(trial: Trial) -> None:
    """Move a run folder to another root, scan, and move it back."""
    run = _any_run(trial)
    kits = run.parent, trial.bench.other_disk / "kit_c"
    times = {each: each.stat() for each in kits}
    shutil.move(run, kits[1] / run.name)
    trial.start().wait(60)
    shutil.move(kits[1] / run.name, run)
    for path, at in times.items():
        _swap_times(path, at)


def _restored_with_other_times(trial: Trial) -> None:
    """Scan a disk that was restored by a program that writes all files anew, as of now."""
    paths = [trial.bench.disk, *trial.bench.disk.rglob("*")]
    times = {each: each.stat() for each in paths}
    for path in paths:
        os.utime(path)
    trial.start().wait(60)
    for path, at in times.items():
        _swap_times(path, at)


def _loop(path: Path) -> None:
    path.symlink_to(path)


_ROOTS: dict[str, Callable[[Path], object]] = {
    "gone": lambda _: None,
    "empty, as an unmounted disk": Path.mkdir,
    "a file (ENOTDIR)": Path.touch,
    "a loop of links (ELOOP)": _loop,
}
_FILES: dict[str, Callable[[Path], object]] = {
    "a directory": Path.mkdir,
    "a FIFO": os.mkfifo,
    "a loop of links": _loop,
    "gone": lambda _: None,
}
_ERRORS = ("EIO", "ESTALE", "EACCES", "ENOTDIR", "EMFILE", "ETIMEDOUT")
_AHEAD = {
    "ten minutes ahead": 600,
    "thirty days ahead": 30 * _DAY,
    "in the year 2100": (2100 - time.gmtime().tm_year) * 365 * _DAY,
    "a minute behind": -60,
    "two years behind": -2 * 365 * _DAY,
}
DISK_FAULTS = (
    *(
        Fault(f"root: {name}", partial(_root, instead), aside=MESSAGES)
        for name, instead in _ROOTS.items()
    ),
    *(
        Fault(f"run folder: {name}", partial(_run, instead), aside=LEDGERS)
        for name, instead in _FILES.items()
    ),
    *(
        Fault(f"file: {name}", partial(_file, instead), aside=LEDGERS)
        for name, instead in _FILES.items()
    ),
    Fault("root: goes during the scan", _root_during, aside=LEDGERS),
    Fault("run folder: goes during the scan", _run_during, aside=LEDGERS),
    Fault("kit: renamed during the scan", _kit_renamed, aside=LEDGERS),
    Fault("run folders: swapped", _swapped, aside=SHEETS),
    Fault("root: restored with other inodes", _restored_with_other_inodes, aside=LEDGERS),
    Fault("root: restored with other times", _restored_with_other_times, aside=LEDGERS),
    Fault("run folder: moved to another root", _moved_to_the_other_root, aside=LEDGERS),
    Fault(
        "QC table: cut while read",
        partial(_table_changes, lambda path, data: os.truncate(path, len(data) // 2)),
        aside=LEDGERS,
    ),
    Fault("QC table: replaced while read", partial(_table_changes, _replace), aside=LEDGERS),
    Fault(
        "sheet: cut while read",
        partial(_sheet_changes, lambda path, data: os.truncate(path, len(data) // 2)),
        aside=SHEETS,
    ),
    Fault(
        "sheet: grows while read",
        partial(_sheet_changes, lambda path, data: path.write_bytes(data + b"S9,ACGTACGT\n" * 50)),
        aside=SHEETS,
    ),
    Fault("sheet: replaced while read", partial(_sheet_changes, _replace), aside=SHEETS),
    *(
        Fault(f"disk: {name}", partial(_failing, getattr(errno, name)), "shims", aside=LEDGERS)
        for name in _ERRORS
    ),
    Fault("disk: hangs", _hangs, "shims", aside=LEDGERS),
    *(
        Fault(f"clock: {name}", partial(_clock, seconds), "shims", aside=LEDGERS)
        for name, seconds in _AHEAD.items()
    ),
)
