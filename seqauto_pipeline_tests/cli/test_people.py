"""Who says something, and until when."""

import datetime as dt
import getpass
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.people import by_option, end_of_day, until_option, why_option

ADELAIDE = ZoneInfo("Australia/Adelaide")


@click.command()
@by_option
@why_option(required=False)
@until_option
def say(by: str, why: str | None, until: dt.date | None) -> None:
    """Print what was said."""
    click.echo(f"{by}|{why}|{until}")


def said(*arguments: str, **environ: str | None) -> str:
    result = CliRunner().invoke(say, arguments, env=environ)
    return result.output.strip().rpartition("\n")[2]


def test_who_is_the_name_that_a_person_is_logged_in_with():
    assert said(SUDO_USER=None, LOGNAME="ann") == "ann|None|None"


def test_sudo_names_the_person_behind_the_account_of_the_service():
    assert said(SUDO_USER="ann", LOGNAME="seqauto") == "ann|None|None"


def test_what_is_said_is_taken_without_blanks_around_it():
    assert (
        said("--by", " Bo ", "--why", " known ", "--until", "2026-02-28") == "Bo|known|2026-02-28"
    )


@pytest.mark.parametrize(("option", "asks"), [("--by", "say who."), ("--why", "say why.")])
def test_an_empty_name_or_reason_is_refused(option: str, asks: str):
    assert said(option, " ") == f"Error: {option} is empty: {asks}"


def test_an_account_without_a_name_has_to_say_who(monkeypatch: pytest.MonkeyPatch):
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.setattr(getpass, "getuser", nameless)

    assert said(SUDO_USER=None) == "Error: This account has no name: say who with --by NAME."


def test_a_day_ends_where_the_laboratory_is():
    now = dt.datetime(2026, 1, 1, 14, 0, tzinfo=dt.UTC)  # 00:30 of the second in Adelaide

    end = end_of_day(dt.date(2026, 1, 2), ADELAIDE, now)

    assert end == dt.datetime(2026, 1, 2, 13, 30, tzinfo=dt.UTC)
    with pytest.raises(click.UsageError, match="--until 2026-01-01 is past: today is 2026-01-02"):
        end_of_day(dt.date(2026, 1, 1), ADELAIDE, now)


def test_a_day_on_which_clocks_change_ends_at_its_midnight():
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    end = end_of_day(dt.date(2026, 4, 5), ADELAIDE, now)  # an hour longer than others

    assert end == dt.datetime(2026, 4, 5, 14, 30, tzinfo=dt.UTC)
