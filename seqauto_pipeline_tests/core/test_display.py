import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from seqauto_pipeline.core.display import counted, last_day, local_time, quoted, shown


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("plain text", "plain text"),
        ("Grüße 데이터", "Grüße 데이터"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x9bK", "\\x9bK"),
        ("abc\u202etxt", "abc\\u202etxt"),
        ("\u2028", "\\u2028"),
        ("\udce9", "\\udce9"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_made_visible(text, visible):
    assert shown(text) == visible


def test_a_long_text_is_cut():
    assert shown("x" * 10, limit=4) == "xxxx…"
    assert quoted("x" * 100) == '"' + "x" * 60 + '…"'


def test_numbers_have_their_noun():
    assert (counted(1, "file"), counted(2000, "file")) == ("1 file", "2,000 files")
    assert (counted(1, "entry", "entries"), counted(0, "entry", "entries")) == (
        "1 entry",
        "0 entries",
    )


def test_a_moment_is_shown_in_the_zone_of_its_reader_to_the_second():
    moment = dt.datetime(2026, 1, 1, 6, 0, 0, 250_000, tzinfo=dt.UTC)

    assert local_time(moment, ZoneInfo("Australia/Adelaide")) == "2026-01-01 16:30:00"


def test_what_ends_at_midnight_has_the_day_before_as_its_last():
    zone = ZoneInfo("Australia/Adelaide")
    midnight = dt.datetime(2026, 1, 2, 13, 30, tzinfo=dt.UTC)

    assert last_day(midnight, zone) == dt.date(2026, 1, 2)
    assert last_day(midnight + dt.timedelta(minutes=1), zone) == dt.date(2026, 1, 3)
