import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from seqauto_pipeline.views.values import iso, iso_date, iso_ns, moment_of

MOMENT = dt.datetime(2026, 1, 1, 6, 0, 0, 250_000, tzinfo=dt.UTC)


def test_programs_read_moments_in_utc_whatever_their_zone() -> None:
    elsewhere = MOMENT.astimezone(ZoneInfo("Australia/Adelaide"))

    assert iso(elsewhere) == "2026-01-01T06:00:00.250000+00:00"


def test_a_modification_time_keeps_its_microseconds_even_when_they_are_zero() -> None:
    assert iso_ns(1_767_225_600_000_000_000) == "2026-01-01T00:00:00.000000+00:00"
    assert iso_ns(1_767_225_600_123_456_789) == "2026-01-01T00:00:00.123456+00:00"


@pytest.mark.parametrize("write", [iso, iso_ns, iso_date, moment_of])
def test_what_is_not_known_stays_unknown(write: object) -> None:
    assert callable(write)
    assert write(None) is None
