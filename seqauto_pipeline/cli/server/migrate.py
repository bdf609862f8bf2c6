"""`seqauto migrate`: bring the schema of the models database up to date."""

from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.home import prepare_home
from seqauto_pipeline.core.display import shown

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Engine

_HOLDER = "seqauto migrate"  # what a scan that waits for the lock is told to wait for


@click.command()
@click.option(
    "--check", "only_check", is_flag=True, help="Say what there is to do, and change nothing."
)
@click.pass_context
def migrate(context: click.Context, *, only_check: bool) -> None:
    """Bring the database up to date.

    A scan does it by itself for the embedded database, SQLite. Of an SQLite file a copy is made
    first; of PostgreSQL, make a backup before. With --check the exit code is 1 when there is
    something to do.
    """
    from seqauto_pipeline.db.migrate import current_revision, head_revision  # noqa: PLC0415
    from seqauto_pipeline.db.session import open_database  # noqa: PLC0415
    from seqauto_pipeline.settings import database_url_for, load_settings  # noqa: PLC0415

    home = prepare_home()
    url = database_url_for(load_settings(), home)
    engine = open_database(url)
    where = shown(engine.url.render_as_string(hide_password=True))
    current, newest = current_revision(engine), head_revision()
    state = f"has schema {current}" if current else "has no file models yet"
    if current == newest:
        click.echo(f"{where} {state}, the newest: there is nothing to do.")
    elif only_check:
        click.echo(f"{where} {state}; the newest is {newest}. Bring it there: `seqauto migrate`.")
        context.exit(1)
    else:
        _upgrade(engine, url)
        click.echo(f"{where} {state.replace('has', 'had', 1)}, and now has {newest}.")


def _upgrade(engine: "Engine", url: str) -> None:
    """Change the schema while no scan can run, and say where the copy is."""
    from seqauto_pipeline.db.lock import scan_lock  # noqa: PLC0415
    from seqauto_pipeline.db.migrate import upgrade  # noqa: PLC0415
    from seqauto_pipeline.errors import ScanBusyError  # noqa: PLC0415

    lock = scan_lock(url, _HOLDER)
    try:
        holder = lock.take()
        if holder is not None:
            raise ScanBusyError(holder)
        copy = upgrade(engine)
    finally:
        lock.close()
    if copy is not None:
        click.echo(f"A copy of the database as it was: {shown(str(copy))}")
