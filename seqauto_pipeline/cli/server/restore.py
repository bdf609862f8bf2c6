"""`seqauto restore`: a backup put in the place of the models database."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from seqauto_pipeline.cli.fit import shortened, wrapped
from seqauto_pipeline.cli.home import home_to_read, prepare_home
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.server.alone import no_scan_at_work
from seqauto_pipeline.cli.tables import print_json_list, width
from seqauto_pipeline.core.display import counted, local_time, shown
from seqauto_pipeline.db.backups.kept import (
    Backup,
    backup_at,
    copies_before_migrations,
    kept_backups,
)
from seqauto_pipeline.db.backups.restore import require_usable, restore
from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.disk.record.paths import records_since
from seqauto_pipeline.monitoring.words import age_words, size_words
from seqauto_pipeline.settings import (
    Settings,
    backup_directory_for,
    database_url_for,
    load_settings,
    masked_url,
    sqlite_file,
    zone_for,
)

_NAMED_SCANS = 5  # of more only the number is told
_SHORT_ID = 8


@dataclass(frozen=True, slots=True)
class _Installation:
    """Where the models and their backups are."""

    home: Path
    settings: Settings

    @property
    def url(self) -> str:
        return database_url_for(self.settings, self.home)

    @property
    def where(self) -> str:
        return shown(masked_url(self.url).partition("?")[0])

    @property
    def directory(self) -> Path:
        return backup_directory_for(self.settings, self.home)

    def backups(self) -> tuple[Backup, ...]:
        """Give those of scans first, newest first, then the copies that migrations made."""
        beside = sqlite_file(self.url) if self.url.startswith("sqlite") else None
        copies = () if beside is None else copies_before_migrations(beside)
        return (*kept_backups(self.directory), *copies)


@click.command("restore")
@click.argument("backup", required=False)
@click.option("--list", "only_list", is_flag=True, help="List the backups, and change nothing.")
@format_option("text", "json", explained="Of the list.")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
def restore_command(*, backup: str | None, only_list: bool, form: str, yes: bool) -> None:
    """Put a backup in the place of the models database.

    BACKUP is a number or name as --list shows it, or the path of a file. Default: the newest.
    It is checked first; what is there now is kept, and no scan can run meanwhile.
    """
    if only_list:
        _print_list(_Installation(home_to_read(), load_settings()), form)
        return
    from seqauto_pipeline.orchestration.launch import tell_catalog_again  # noqa: PLC0415  (slow)

    here = _Installation(prepare_home(), load_settings())
    chosen = _chosen(here, backup)
    with no_scan_at_work(here.url, "seqauto restore"):
        require_usable(here.url, chosen)
        click.echo("\n".join(_plan_lines(here, chosen)))
        if not yes:
            click.confirm("Put it back?", abort=True)
        kept = restore(here.url, chosen, here.directory)
        _bring_up_to_date(here.url)
        tell_catalog_again()
    if kept is not None:
        click.echo(f"What was there is kept: {shown(str(kept))}")
    click.echo(f"{here.where} is as it was when {shown(chosen.path.name)} was made.")
    click.echo("Next: `seqauto scan`, which brings the states up to date.")


def _chosen(here: _Installation, wanted: str | None) -> Backup:
    backups = here.backups()
    if wanted is None:
        if not backups:
            raise click.UsageError(
                f"There is no backup in {shown(str(here.directory))}. Name a file, or begin a new "
                "database: seqauto scan --start-over"
            )
        return backups[0]
    named = [each for each in backups if wanted in (str(each.number or "-"), each.path.name)]
    if named:
        return named[0]
    try:
        return backup_at(Path(wanted).absolute())
    except OSError as error:
        raise click.UsageError(
            f"No backup is called {wanted!r}, and there is no such file; see: "
            "seqauto restore --list"
        ) from error


def _print_list(here: _Installation, form: str) -> None:
    if form == "text":
        click.echo("\n".join(_list_lines(here)))
        return
    print_json_list(
        {
            "number": each.number or None,
            "made_at": each.made_at.isoformat(),
            "size": each.size,
            "path": str(each.path),
        }
        for each in here.backups()
    )


def _list_lines(here: _Installation) -> Iterator[str]:
    backups, zone, columns = here.backups(), zone_for(here.settings), width()
    for each in backups:
        number = str(each.number or "")
        facts = f"{number:>4}  {local_time(each.made_at, zone)}  {size_words(each.size):>10}  "
        room = None if columns is None else columns - len(facts)
        yield facts + shortened(shown(str(each.path)), room)
    if not backups:
        words = f"There is no backup in {shown(str(here.directory))}."
        yield from wrapped(words, columns, whole_words=True)


def _plan_lines(here: _Installation, chosen: Backup) -> Iterator[str]:
    """Say which backup it is, and what is lost with it."""
    zone, now = zone_for(here.settings), dt.datetime.now(dt.UTC)
    age = age_words((now - chosen.made_at).total_seconds())
    yield f"{shown(str(chosen.path))}: whole, made {local_time(chosen.made_at, zone)}, {age} ago."
    lost = _scans_since(here.home, chosen.made_at)
    if not lost:
        yield "No scan is known that was made after it."
    else:
        yield f"{here.where} loses {counted(len(lost), 'scan')} made after it: {_named(lost)}."
    yield "Whatever people acknowledged, flagged or skipped since then is lost, too."


def _named(scans: Sequence[str]) -> str:
    more = len(scans) - _NAMED_SCANS
    names = ", ".join(each[:_SHORT_ID] for each in scans[:_NAMED_SCANS])
    return f"{names} and {more} more" if more > 0 else names


def _scans_since(home: Path, moment: dt.datetime) -> Sequence[str]:
    """List the scans made since, of which Dagster knows or a file list is kept."""
    from seqauto_pipeline.orchestration.launch import scans_since  # noqa: PLC0415  (slow)

    return tuple(dict.fromkeys((*scans_since(moment), *records_since(home, moment))))


def _bring_up_to_date(url: str) -> None:
    """Give an older backup the schema of this program."""
    engine = open_database(url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
