"""Opens the models for a step of a scan."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqauto_pipeline.db.migrate import current_revision, prepare_for_scan, require_current, upgrade
from seqauto_pipeline.db.session import Engine, open_database
from seqauto_pipeline.db.store.model_store import ModelStore


@contextmanager
def prepared_store(database_url: str) -> Iterator[ModelStore]:
    """Open the models for writing; a database that is not there yet is made."""
    with _engine(database_url) as engine:
        prepare_for_scan(engine)
        yield ModelStore(engine)


@contextmanager
def store_for_reading(database_url: str) -> Iterator[ModelStore]:
    """Open the models without changing them; where there are none yet, empty ones in memory."""
    with _engine(database_url) as engine:
        database = engine.url.database or ""
        is_new_file = engine.dialect.name == "sqlite" and not Path(database).exists()
        if not is_new_file and current_revision(engine) is not None:
            require_current(engine)
            yield ModelStore(engine)
            return
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
