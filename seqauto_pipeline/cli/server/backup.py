"""`seqauto backup`: a backup of the models database, now."""

import datetime as dt

import click

from seqauto_pipeline.cli.home import prepare_home
from seqauto_pipeline.core.display import shown


@click.command()
def backup() -> None:
    """Make a backup of the models database now.

    Scans make them by themselves (backup_hours). Of PostgreSQL this takes pg_dump, and holds the
    models only. Put one back with `seqauto restore`.
    """
    from seqauto_pipeline.cli.server.alone import no_scan_at_work  # noqa: PLC0415
    from seqauto_pipeline.db.backups.kept import prune_backups  # noqa: PLC0415
    from seqauto_pipeline.db.backups.make import make_backup  # noqa: PLC0415
    from seqauto_pipeline.settings import (  # noqa: PLC0415
        backup_directory_for,
        database_url_for,
        load_settings,
    )

    home = prepare_home()
    settings = load_settings()
    url, directory = database_url_for(settings, home), backup_directory_for(settings, home)
    with no_scan_at_work(url, "seqauto backup"):
        made = make_backup(url, directory, dt.datetime.now(dt.UTC))
        prune_backups(directory, settings.keep_backups)
    click.echo(f"{shown(str(made))}: made, and checked.")
