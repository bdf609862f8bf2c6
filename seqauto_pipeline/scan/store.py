"""Opens the models for a step of a scan."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqauto_pipeline.db.look.emptiness import holds_no_scan
from seqauto_pipeline.db.migrate import prepare_for_scan, require_current, upgrade
from seqauto_pipeline.db.session import Engine, open_database
from seqauto_pipeline.db.store.model_store import AfterSave, ModelStore
from seqauto_pipeline.scan.lost_models import refuse_lost_models
from seqauto_pipeline.settings import Settings, database_url_for


@contextmanager
def prepared_store(
    settings: Settings,
    home: Path,
    after_save: AfterSave | None = None,
    *,
    start_over: bool = False,
) -> Iterator[ModelStore]:
    """Open the models for writing; a database that is not there yet is made.

    Raises ModelsGoneError for one that was there before, unless somebody wants to start over.
    """
    with _engine(database_url_for(settings, home)) as engine:
        if not start_over and holds_no_scan(engine):
            refuse_lost_models(settings, home)
        prepare_for_scan(engine)
        yield ModelStore(engine, after_save)


def refuse_if_gone(settings: Settings, home: Path, finished: dt.datetime) -> None:
    """Raise ModelsGoneError where there are no models and a scan is known to have finished."""
    with _engine(database_url_for(settings, home)) as engine:
        if holds_no_scan(engine):
            refuse_lost_models(settings, home, finished)


@contextmanager
def store_for_reading(
    settings: Settings, home: Path, *, start_over: bool = False
) -> Iterator[ModelStore]:
    """Open the models without changing them; where there are none yet, empty ones in memory."""
    with _engine(database_url_for(settings, home)) as engine:
        if not holds_no_scan(engine):
            require_current(engine)
            yield ModelStore(engine)
            return
    if not start_over:
        refuse_lost_models(settings, home)
    with _engine("sqlite://") as engine:
        upgrade(engine)
        yield ModelStore(engine)


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()
