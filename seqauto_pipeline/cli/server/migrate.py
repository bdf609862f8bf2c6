"""`seqauto migrate`: bring the schema of the models database up to date."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.home import prepare_home
from seqauto_pipeline.core.display import shown

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Engine


@click.command()
@click.option(
    "--check", "only_check", is_flag=True, help="Say what there is to do, and change nothing."
)
@click.pass_context
def migrate(context: click.Context, *, only_check: bool) -> None:
    """Bring the database up to date.

    A scan does it by itself for the embedded database, SQLite. A copy is made first; of PostgreSQL
    that takes pg_dump. With --check the exit code is 1 when there is
    something to do.
    """
    from seqauto_pipeline.db.look.emptiness import holds_no_scan  # noqa: PLC0415
    from seqauto_pipeline.db.migrate import current_revision, head_revision  # noqa: PLC0415
    from seqauto_pipeline.db.session import open_database, shown_url  # noqa: PLC0415
    from seqauto_pipeline.scan.lost_models import refuse_lost_models  # noqa: PLC0415
    from seqauto_pipeline.settings import (  # noqa: PLC0415
        backup_directory_for,
        database_url_for,
        load_settings,
    )

    home = prepare_home()
    settings = load_settings()
    url = database_url_for(settings, home)
    engine = open_database(url)
    where = shown(shown_url(engine.url))
    if not only_check and holds_no_scan(engine):
        refuse_lost_models(settings, home)
    current, newest = current_revision(engine), head_revision()
    state = f"has schema {current}" if current else "has no file models yet"
    if current == newest:
        click.echo(f"{where} {state}, the newest: there is nothing to do.")
    elif only_check:
        click.echo(f"{where} {state}; the newest is {newest}. Bring it there: `seqauto migrate`.")
        context.exit(1)
    else:
        _upgrade(engine, url, backup_directory_for(settings, home), is_new=current is None)
        click.echo(f"{where} {state.replace('has', 'had', 1)}, and now has {newest}.")


def _upgrade(engine: "Engine", url: str, directory: Path, *, is_new: bool) -> None:
    """Change the schema while no scan can run, and say where the copy is."""
    from seqauto_pipeline.cli.server.alone import no_scan_at_work  # noqa: PLC0415
    from seqauto_pipeline.db.migrate import upgrade  # noqa: PLC0415

    with no_scan_at_work(url, "seqauto migrate"):
        copy = None
        if not is_new and engine.dialect.name != "sqlite":
            copy = _dumped(url, directory)
        copy = upgrade(engine) or copy
    if copy is not None:
        click.echo(f"A copy of the database as it was: {shown(str(copy))}")


def _dumped(url: str, directory: Path) -> Path | None:
    """Make a backup of the models on a server; say so where that cannot be done."""
    from seqauto_pipeline.db.backups.make import make_backup  # noqa: PLC0415
    from seqauto_pipeline.errors import BackupError  # noqa: PLC0415

    try:
        return make_backup(url, directory, dt.datetime.now(dt.UTC))
    except BackupError as error:
        click.echo(f"No copy was made: {shown(error.reason)}.", err=True)
        return None
