"""How often Python looks for garbage."""

import gc
import subprocess
import sys
import weakref

import pytest

from seqauto_pipeline.garbage import collecting_rarely, importing


def test_garbage_is_looked_for_rarely_until_the_outermost_block_ends() -> None:
    before = gc.get_threshold()

    with collecting_rarely():
        frozen, threshold = gc.get_freeze_count(), gc.get_threshold()
        with collecting_rarely():
            assert gc.get_threshold() == threshold
        assert gc.get_freeze_count() >= frozen > 0
        assert gc.get_threshold() == threshold

    assert threshold[0] > 10 * before[0]
    assert gc.get_threshold() == before


def test_garbage_does_not_pile_up_in_a_process_that_begins_again_and_again() -> None:
    gc.freeze()  # as one that forks does
    try:
        gone = [_garbage_of_a_block() for _ in range(3)]
        gc.collect()
        assert [each() for each in gone] == [None] * 3
    finally:
        gc.unfreeze()


def test_a_block_inside_another_keeps_no_garbage() -> None:
    with collecting_rarely():
        gone = [_garbage_of_a_block() for _ in range(3)]
        gc.collect()
        assert [each() for each in gone] == [None] * 3


def test_a_process_that_never_looks_for_garbage_is_left_alone() -> None:
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        with collecting_rarely():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)


class _Ring:
    """An object that only a collection can free."""

    def __init__(self) -> None:
        self.itself = self


def _garbage_of_a_block() -> "weakref.ref[_Ring]":
    """Leave garbage behind, as there is some when the next block begins."""
    ring = weakref.ref(_Ring())
    with collecting_rarely():
        return ring


def test_what_is_imported_is_never_looked_through() -> None:
    frozen = gc.get_freeze_count()
    with importing():
        assert not gc.isenabled()
        made = [[] for _ in range(1000)]

    assert gc.isenabled()
    assert gc.get_freeze_count() >= frozen + len(made)
    gc.unfreeze()


def test_who_looks_for_no_garbage_is_not_made_to() -> None:
    gc.disable()
    try:
        with importing():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


_ENDS_WITH_A_CYCLE = """
import sys
if sys.argv[1:]:
    import seqauto_pipeline.garbage
class Told:
    def __del__(self):
        print("looked for garbage")
cycle = Told()
cycle.itself = cycle
"""


@pytest.mark.parametrize(("arguments", "said"), [([], "looked for garbage\n"), (["ours"], "")])
def test_a_process_that_ends_looks_for_no_garbage(arguments: list[str], said: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _ENDS_WITH_A_CYCLE, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout == said
