"""How a command opens the file models."""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.accounts import not_writable, require_readable
from seqauto_pipeline.cli.home import home_to_read, prepare_home
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.look.session import open_to_read
from seqauto_pipeline.db.schema_check import require_current_schema
from seqauto_pipeline.db.session import Engine, open_database, read_session, write_session
from seqauto_pipeline.errors import NoModelsError
from seqauto_pipeline.scan.lost_models import refuse_lost_models
from seqauto_pipeline.settings import (
    Settings,
    database_url_for,
    load_settings,
    sqlite_file,
    zone_for,
)
from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.open_models import OpenModels

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Engine, Session


@contextmanager
def reading() -> Iterator[OpenModels]:
    """Open the file models to read one state of them; whoever may read them may do this."""
    home = home_to_read()
    settings = load_settings()
    with _answered(), open_to_read(_url_of_models(settings, home)) as engine:
        _require_models(engine, settings, home)
        with read_session(engine) as session:
            yield _open_models(session, home, settings)


@contextmanager
def writing() -> Iterator[OpenModels]:
    """Open the file models to change them; what the block did is kept when it ends well."""
    home = prepare_home()
    settings = load_settings()
    url = _url_of_models(settings, home)
    _require_writable(url)
    engine = open_database(url)
    try:
        with _answered():
            _require_models(engine, settings, home)
            with write_session(engine) as session:
                yield _open_models(session, home, settings)
    finally:
        engine.dispose()


@contextmanager
def working() -> Iterator[tuple[Engine, str, Settings]]:
    """Open the database for work that takes transactions of its own; give its URL, too."""
    home = prepare_home()
    settings = load_settings()
    url = _url_of_models(settings, home)
    _require_writable(url)
    engine = open_database(url)
    try:
        _require_models(engine, settings, home)
        yield engine, url, settings
    finally:
        engine.dispose()


@contextmanager
def _answered() -> Iterator[None]:
    """Report what is not found as a mistake in the command, and end with its exit code."""
    try:
        yield
    except NotFoundError as error:
        raise click.UsageError(str(error)) from error


def _url_of_models(settings: Settings, home: Path) -> str:
    url = database_url_for(settings, home)
    if url.startswith("sqlite"):
        file = sqlite_file(url)
        require_readable(file)
        if not file.exists():
            refuse_lost_models(settings, home)
            raise click.ClickException(
                f"No scan has run yet: there is no database {shown(str(file))}. "
                "Scan the disks first: seqauto scan"
            )
    return url


def _require_models(engine: "Engine", settings: Settings, home: Path) -> None:
    """Refuse models that are not as this program needs them, and say where they are gone."""
    try:
        require_current_schema(engine)
    except NoModelsError:
        refuse_lost_models(settings, home)
        raise


def _require_writable(url: str) -> None:
    if url.startswith("sqlite"):
        file = sqlite_file(url)
        for path in (file, file.parent):
            if not os.access(path, os.W_OK, effective_ids=True):
                raise not_writable(path)


def _open_models(session: "Session", home: Path, settings: Settings) -> OpenModels:
    zone = zone_for(settings)
    return OpenModels(session, home, settings, zone, dt.datetime.now(dt.UTC))
