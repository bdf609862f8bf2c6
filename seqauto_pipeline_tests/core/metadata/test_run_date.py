"""The date of a run, in every shape that an instrument writes it."""

import datetime as dt

import pytest

from seqauto_pipeline.core.metadata.run_date import parse_run_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("200920", dt.date(2020, 9, 20)),
        ("20200920", dt.date(2020, 9, 20)),
        ("6/27/2018 4:59:20 PM", dt.date(2018, 6, 27)),
        ("12/21/2020", dt.date(2020, 12, 21)),
        ("2020-06-24T18:29:14-07:00", dt.date(2020, 6, 24)),
        ("2020-07-22T23:27:55.8140764Z", dt.date(2020, 7, 22)),
        ("2020-07-22", dt.date(2020, 7, 22)),
        ("27/6/2018 4:59:20 PM", None),
        ("2020-02-30T00:00:00Z", None),
        ("0001-01-01T00:00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_run_date_is_read_in_every_shape_of_the_instruments(text, date):
    assert parse_run_date(text) == date
