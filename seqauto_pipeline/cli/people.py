"""Who says something, why, and until when: options of commands that write it down."""

import datetime as dt
import getpass
import os
from collections.abc import Callable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])

_DAY = dt.timedelta(days=1)


def by_option(command: _Command) -> _Command:
    """Add ``--by``, which the command receives as ``by``."""
    return click.option(
        "--by",
        metavar="NAME",
        callback=_who,
        help="Who says so.  [default: the name that you are logged in with]",
    )(command)


def why_option(*, required: bool) -> Callable[[_Command], _Command]:
    """Add ``--why``, which the command receives as ``why``."""
    return click.option(
        "--why", required=required, metavar="TEXT", callback=_why, help="The reason."
    )


def until_option(command: _Command) -> _Command:
    """Add ``--until``, which the command receives as ``until``: a day, or None."""
    return click.option(
        "--until",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DATE",
        callback=_day,
        help="Last day on which it holds, YYYY-MM-DD. Without one: for good.",
    )(command)


def end_of_day(day: dt.date, zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """Give the moment at which a day of the laboratory ends; refuse one that is past."""
    end = dt.datetime.combine(day + _DAY, dt.time(), zone)
    if end <= now:
        today = now.astimezone(zone).date()
        raise click.UsageError(f"--until {day} is past: today is {today}.")
    return end


def _who(_context: click.Context, _option: click.Parameter, name: str | None) -> str:
    if name is None:
        return _login_name()
    if not name.strip():
        raise click.UsageError("--by is empty: say who.")
    return name.strip()


def _why(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    if text is not None and not text.strip():
        raise click.UsageError("--why is empty: say why.")
    return None if text is None else text.strip()


def _day(
    _context: click.Context, _option: click.Parameter, moment: dt.datetime | None
) -> dt.date | None:
    return None if moment is None else moment.date()


def _login_name() -> str:
    """Name the person, also where a command runs as the account of the service."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError) as error:  # an account without a name, as containers have them
        raise click.UsageError("This account has no name: say who with --by NAME.") from error
