"""With how many threads the next run of a root is begun."""

import pytest

from seqauto_pipeline.disk.parallel.known_roots import KnownRoots


@pytest.mark.parametrize(
    ("runs", "threads"),
    [
        ([], 2),
        ([(2, 2, True)], 1),
        ([(2, 2, True), (1, 1, True)], 1),
        ([(2, 2, False)], 2),
        ([(2, 2, True), (1, 1, False)], 2),
        ([(2, 7, False)], 7),
        ([(2, 7, False), (7, 7, False)], 3),
        ([(2, 7, False), (7, 7, False), (3, 3, False)], 2),
        ([(2, 7, False), (7, 7, True), (3, 3, True)], 1),
        ([(2, 7, False), (7, 7, True), (3, 5, False)], 5),
        ([(2, 7, False), (1, 1, True)], 7),  # a run of few files tells nothing of more threads
    ],
)
def test_a_run_is_begun_with_the_threads_that_the_last_ones_called_for(
    runs: list[tuple[int, int, bool]], threads: int
):
    roots = KnownRoots()

    for began, ended, is_busy in runs:
        roots.used_threads("/disk", began, ended, is_busy=is_busy)

    assert roots.threads("/disk") == threads
    assert roots.threads("/other") == 2
