"""How a command opens the file models."""

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from seqauto_pipeline.cli.home import prepare_home
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.schema_check import require_current_schema
from seqauto_pipeline.db.session import open_database, read_session, write_session
from seqauto_pipeline.settings import (
    database_url_for,
    load_settings,
    sqlite_file,
    time_zone_for,
)
from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.open_models import OpenModels

if TYPE_CHECKING:
    from collections.abc import Callable

    from seqauto_pipeline.db.session import Engine, Session


@contextmanager
def reading() -> Iterator[OpenModels]:
    """Open the file models to read one state of them."""
    with _opened(read_session) as models:
        yield models


@contextmanager
def writing() -> Iterator[OpenModels]:
    """Open the file models to change them; what the block did is kept when it ends well."""
    with _opened(write_session) as models:
        yield models


@contextmanager
def _opened(
    session_of: "Callable[[Engine], AbstractContextManager[Session]]",
) -> Iterator[OpenModels]:
    home = prepare_home()
    settings = load_settings()
    zone = ZoneInfo(time_zone_for(settings))
    url = database_url_for(settings, home)
    if url.startswith("sqlite") and not sqlite_file(url).exists():
        raise click.ClickException(
            f"No scan has run yet: there is no database {shown(str(sqlite_file(url)))}. "
            "Scan the disks first: seqauto scan"
        )
    engine = open_database(url)
    try:
        require_current_schema(engine)
        with session_of(engine) as session:
            yield OpenModels(session, home, settings, zone, dt.datetime.now(dt.UTC))
    except NotFoundError as error:
        raise click.UsageError(str(error)) from error
    finally:
        engine.dispose()
