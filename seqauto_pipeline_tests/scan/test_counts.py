"""What a scan costs in calls, which no clock and no machine decides."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.programs import require
from seqauto_pipeline_tests.scan.run_folder import samples
from seqauto_pipeline_tests.scan.two_worlds import make_cold

_CALLS = "%file,getdents64,fstat,read,pread64"  # those that can reach a file server
_MOST_SYSCALLS = 20  # per cold run
_MOST_STATEMENTS = 60
_BATCH = 25  # runs whose changes are stored together
_MOST_STATEMENTS_PER_BATCH = 40


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is sent to the database; an ``executemany`` of any size is one statement."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def write_runs(lab: Lab, count: int, *names: str) -> None:
    for number in range(1, count + 1):
        lab.run(number, rows=samples(*names)).complete()
    make_cold(lab.root)


@pytest.mark.parametrize("runs", [3, 60])
def test_an_unchanged_rescan_sends_few_statements_however_many_runs_there_are(
    runs: int, lab: Lab
) -> None:
    write_runs(lab, runs, "S1", "S2")
    lab.scan()

    with statements() as sent:
        lab.scan()

    assert len(sent) <= _MOST_STATEMENTS


@pytest.mark.usefixtures("on_each_database")
def test_a_first_scan_sends_no_more_statements_for_more_files(tmp_path: Path) -> None:
    few, many = Lab(tmp_path / "few"), Lab(tmp_path / "many")
    write_runs(few, 3, "S1")
    write_runs(many, 3, *(f"S{number}" for number in range(1, 13)))

    with statements() as sent_for_few:
        few.scan()
    with statements() as sent_for_many:
        many.scan()

    assert len(sent_for_few) == len(sent_for_many)


@pytest.mark.usefixtures("on_each_database")
def test_a_first_scan_sends_statements_by_the_batch_of_runs(tmp_path: Path) -> None:
    one, two = Lab(tmp_path / "one"), Lab(tmp_path / "two")
    write_runs(one, _BATCH, "S1")
    write_runs(two, 2 * _BATCH, "S1")

    with statements() as sent_for_one:
        one.scan()
    with statements() as sent_for_two:
        two.scan()

    assert len(sent_for_two) - len(sent_for_one) <= _MOST_STATEMENTS_PER_BATCH


def test_changed_runs_are_loaded_and_stored_by_the_batch(lab: Lab) -> None:
    write_runs(lab, 12, "S1", "S2")
    lab.scan()
    for number in range(1, 7):
        lab.run(number).remove("bam")

    with statements() as sent:
        lab.scan()

    assert len(sent) <= _MOST_STATEMENTS + _MOST_STATEMENTS_PER_BATCH


def syscalls(lab: Lab, trace: Path) -> int:
    """Scan in a process of its own; count the calls that name or hold something on the disk."""
    environ = {**os.environ, **lab.environ, "DAGSTER_HOME": str(lab.home)}
    strace = ("strace", "-f", "-y", "-qq", "-e", f"trace={_CALLS}", "-o", str(trace))
    scan = (sys.executable, "-m", "seqauto_pipeline_tests.scan.one_scan", str(lab.home))
    subprocess.run((*strace, *scan), env=environ, check=True, timeout=120)
    with trace.open(errors="replace") as lines:
        return sum(str(lab.root) in line for line in lines)


@pytest.mark.usefixtures("on_each_database")
def test_a_cold_run_costs_few_calls_on_the_disk(tmp_path: Path) -> None:
    require("strace")
    few, many = Lab(tmp_path / "few"), Lab(tmp_path / "many")
    write_runs(few, 2, "S1", "S2")
    write_runs(many, 12, "S1", "S2")
    few.scan()
    many.scan()

    more = syscalls(many, tmp_path / "many.trace") - syscalls(few, tmp_path / "few.trace")

    assert 0 < more <= 10 * _MOST_SYSCALLS
