"""How often Python looks for garbage."""

import gc

from seqauto_pipeline.disk.parallel.garbage import collecting_rarely


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
