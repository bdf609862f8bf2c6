"""Work shared with a process of its own: here it is contents that are read."""

import os
import signal
import threading
import time
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from seqauto_pipeline.core.verdict.file_contents import Contents
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.disk.contents.loading import ContentRequests
from seqauto_pipeline.disk.contents.request import ContentRequest
from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.disk.parallel.second_process import second_process
from seqauto_pipeline_tests.core.listings import run_listing


def _request(**changes: object) -> ContentRequests:
    values = {
        "expected": (),
        "listing": run_listing(),
        "stored": None,
        "options": ContentOptions(),
        "retry_errors": False,
    }
    return ContentRequests((ContentRequest(**{**values, **changes}),))  # type: ignore[arg-type]


def _ignored(_told: str) -> None:
    """Stand in where nobody wants to know."""


def test_few_runs_are_read_where_they_are_asked_for() -> None:
    with second_process(is_worth_it=False, tell=_ignored) as submit:
        assert submit(_request())() == [Contents()]


def test_of_no_run_nothing_is_read() -> None:
    told: list[str] = []
    with second_process(is_worth_it=True, tell=told.append) as submit:
        answers = [submit(ContentRequests(())) for _ in range(5)]

        assert [answer() for answer in answers] == [[]] * 5
    assert not told


def test_answers_come_to_those_who_asked() -> None:
    with second_process(is_worth_it=True, tell=_ignored) as submit:
        answers = [submit(_request()) for _ in range(20)]

        assert [answer() for answer in answers] == [[Contents()]] * 20


def test_what_goes_wrong_is_told_to_who_asked_wherever_it_was_read() -> None:
    with second_process(is_worth_it=True, tell=_ignored) as submit:
        answers = [submit(_request(expected=(None,))) for _ in range(20)]

        for answer in answers:
            with pytest.raises(AttributeError, match="'slot'"):
                answer()


def test_who_waits_reads_what_the_other_process_has_not_begun() -> None:
    with second_process(is_worth_it=True, tell=_ignored) as submit:
        [reader] = _children()
        os.kill(reader, signal.SIGSTOP)  # it takes no request off the line
        answers = [submit(_request()) for _ in range(20)]
        time.sleep(0.2)

        # All but those that are on their way to it; who asks for the youngest has read them all.
        threading.Timer(0.5, os.kill, (reader, signal.SIGKILL)).start()
        assert [answer() for answer in reversed(answers)] == [[Contents()]] * 20


def test_a_process_that_dies_is_replaced_by_this_one() -> None:
    with second_process(is_worth_it=True, tell=_ignored) as submit:
        assert submit(_request())() == [Contents()]
        for child in _children():
            os.kill(child, 9)

        assert submit(_request())() == [Contents()]


def test_a_process_that_is_frozen_is_ended_and_its_work_done_here() -> None:
    told: list[str] = []
    begin = time.monotonic()

    with second_process(is_worth_it=True, tell=told.append, silent_seconds=1.5) as submit:
        [reader] = _children()
        held = submit(_Sleeps())
        time.sleep(1)  # the other process takes it
        os.kill(reader, signal.SIGSTOP)
        answers = [submit(_request()) for _ in range(20)]

        assert [answer() for answer in answers] == [[Contents()]] * 20
        assert held() == os.getpid()

    assert time.monotonic() - begin < 20
    assert len(told) == 1
    assert "gave no sign of life for 1.5 s and was ended" in told[0]


def test_a_process_that_works_long_is_not_taken_for_a_frozen_one() -> None:
    told: list[str] = []

    with second_process(is_worth_it=True, tell=told.append, silent_seconds=1.5) as submit:
        answer = submit(_Sleeps())
        time.sleep(1)  # the other process takes it
        assert answer() != os.getpid()

    assert told == []


def test_the_process_ends_with_what_is_asked_of_it() -> None:
    with second_process(is_worth_it=True, tell=_ignored) as submit:
        submit(_request())()
        assert _children()

    assert not _children()


def _children() -> list[int]:
    """Processes that read contents for this one."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(pid) for each in tasks for pid in each.read_text().split()]
    return [pid for pid in pids if b"second_process" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@dataclass(frozen=True)
class _Sleeps:
    """Work that takes longer than the other process may be silent."""

    def load(self, _roots: KnownRoots, /) -> int:
        time.sleep(3)
        return os.getpid()


@dataclass(frozen=True)
class _OutOfMemory:
    """Work that only the process that asked has the memory for."""

    asked_by: int

    def load(self, _roots: KnownRoots, /) -> int:
        if os.getpid() != self.asked_by:
            raise MemoryError
        return self.asked_by


def test_what_the_other_process_could_not_do_is_done_here_and_told() -> None:
    told: list[str] = []

    with second_process(is_worth_it=True, tell=told.append) as submit:
        held = submit(_OutOfMemory(os.getpid()))
        time.sleep(1)  # the other process takes it

        assert held() == os.getpid()

    assert len(told) == 1
    assert "could not do 1 requests, the last for MemoryError" in told[0]


@dataclass(frozen=True)
class _Breaks:
    """What cannot be sent, or cannot be taken at the other end."""

    how: str

    def __reduce__(self) -> tuple[object, tuple[str]]:
        if self.how == "sent":
            raise RecursionError
        return int, ("no number",)

    def load(self, _roots: KnownRoots, /) -> str:
        return self.how


@pytest.mark.parametrize("how", ["sent", "taken"])
def test_what_cannot_cross_the_line_is_done_here(how: str) -> None:
    with second_process(is_worth_it=True, tell=_ignored) as submit:
        answers = [submit(_Breaks(how)) for _ in range(5)]

        assert [answer() for answer in answers] == [how] * 5


def test_what_the_other_process_prints_goes_where_errors_go_now(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    with (
        errors.open("w") as kept,
        redirect_stderr(kept),
        second_process(is_worth_it=True, tell=_ignored),
    ):
        [other] = _children()
        assert Path(f"/proc/{other}/fd/2").resolve() == errors

    with redirect_stderr(StringIO()), second_process(is_worth_it=True, tell=_ignored) as submit:
        assert submit(_request())() == [Contents()]
