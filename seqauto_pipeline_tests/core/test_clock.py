"""Times are held against the order of scans."""

import datetime as dt

import pytest

from seqauto_pipeline.core.clock import behind, jump

_NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("seconds", "apart"), [(-86_400, None), (0, None), (10, None), (60, dt.timedelta(seconds=60))]
)
def test_a_moment_is_behind_when_it_is_said_to_be_before_an_earlier_one(seconds, apart):
    assert behind(_NOON + dt.timedelta(seconds=seconds), _NOON) == apart


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ((), None),
        ((0, 1, 1, 30), None),
        ((0, 1, 0.999), None),  # two hosts whose clocks differ a little
        ((0, 1, 800), (1, 800)),
        ((0, 800, 1), (800, 1)),
        ((0, 800, 801, 2, 3), (801, 2)),
    ],
)
def test_time_jumps_where_scans_are_days_out_of_order_or_a_month_apart(days, found):
    times = [_NOON + dt.timedelta(days=each) for each in days]

    jumped = jump(times)

    expected = found and tuple(_NOON + dt.timedelta(days=each) for each in found)
    assert jumped == expected
