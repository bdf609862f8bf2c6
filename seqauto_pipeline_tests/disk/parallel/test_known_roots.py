"""With how many threads the next run of a root is begun."""

import pytest

from seqauto_pipeline.disk.parallel.known_roots import KnownRoots


@pytest.mark.parametrize(
    ("runs", "threads"),
    [
        ([], 2),
        ([(2, 2)], 1),
        ([(2, 2), (1, 1)], 1),
        ([(2, 7)], 7),
        ([(2, 7), (7, 7)], 3),
        ([(2, 7), (7, 7), (3, 5)], 5),
        ([(2, 7), (1, 1)], 7),  # a run of few files tells nothing of more threads
    ],
)
def test_a_run_is_begun_with_the_threads_that_the_last_ones_called_for(
    runs: list[tuple[int, int]], threads: int
):
    roots = KnownRoots()

    for began, ended in runs:
        roots.used_threads("/disk", began, ended)

    assert roots.threads("/disk") == threads
    assert roots.threads("/other") == 2
