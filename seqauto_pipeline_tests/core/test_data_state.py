from itertools import pairwise

import pytest

from seqauto_pipeline.core.data_state import DataState, state_when_absent, worst_of

FROM_BEST = [
    DataState.COMPLETE,
    DataState.RUNNING,
    DataState.SKIPPED,
    DataState.NON_EXISTENT,
    DataState.DELETED,
    DataState.ERROR,
]


@pytest.mark.parametrize(("better", "worse"), list(pairwise(FROM_BEST)))
def test_a_pair_is_as_bad_as_its_worse_half(better, worse):
    assert worst_of([better, worse]) is worse
    assert worst_of([worse, better]) is worse
    assert worst_of([worse, worse]) is worse


def test_what_was_never_seen_is_non_existent():
    assert state_when_absent(was_seen=False, stored=None) is DataState.NON_EXISTENT


@pytest.mark.parametrize("stored", [None, *DataState])
def test_what_was_ever_seen_is_deleted_whatever_its_state_was_since(stored):
    state = state_when_absent(was_seen=True, stored=stored)

    assert state is (DataState.RUNNING if stored is DataState.RUNNING else DataState.DELETED)


def test_a_job_that_makes_the_file_is_at_work_until_it_ends():
    state = state_when_absent(was_seen=False, stored=DataState.RUNNING)

    assert state is DataState.RUNNING
