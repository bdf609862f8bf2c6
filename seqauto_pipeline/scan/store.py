"""Opens the models for a scan and its steps."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from seqauto_pipeline.db.fence import Fence, take_fence
from seqauto_pipeline.db.lock import ScanLock
from seqauto_pipeline.db.lock_watch import LockWatch
from seqauto_pipeline.db.look.emptiness import holds_no_scan
from seqauto_pipeline.db.schema_check import prepare_schema_for_scan, require_current_schema
from seqauto_pipeline.db.session import Engine, open_database
from seqauto_pipeline.db.store.model_store import AfterSave, ModelStore
from seqauto_pipeline.db.store.side_by_side import SideBySideStore
from seqauto_pipeline.scan.lost_models import refuse_lost_models
from seqauto_pipeline.settings import Settings, database_url_for


@contextmanager
def prepared_store(
    settings: Settings,
    home: Path,
    fence: Fence | None = None,
    after_save: AfterSave | None = None,
    *,
    start_over: bool = False,
) -> Iterator[ModelStore]:
    """Open the models for writing; a database that is not there yet is made.

    Raises ModelsGoneError for one that was there before, unless somebody wants to start over.
    """
    with _prepared(settings, home, start_over=start_over) as engine:
        yield ModelStore(engine if fence is None else fence.guarded(engine), after_save)


@contextmanager
def side_by_side_store(
    settings: Settings, home: Path, fence: Fence, after_save: AfterSave | None = None
) -> Iterator[SideBySideStore]:
    """Open the models, which the scan has prepared, for one of several processes that store."""
    with _engine(database_url_for(settings, home)) as engine:
        require_current_schema(engine)
        yield SideBySideStore(engine, fence, after_save)


@contextmanager
def fenced(
    settings: Settings, home: Path, lock: ScanLock, scan: str, *, start_over: bool = False
) -> Iterator[LockWatch]:
    """Number a scan that has just got the lock, and watch the lock while the block lasts.

    Makes and refuses databases as `prepared_store` does.
    """
    with _prepared(settings, home, start_over=start_over) as engine:
        fence = take_fence(engine, scan)
        engine.dispose()  # the watch asks seldom: no connection is kept for it
        watch = LockWatch(lock, fence, engine)
        with watch.watching():
            yield watch


@contextmanager
def _prepared(settings: Settings, home: Path, *, start_over: bool) -> Iterator[Engine]:
    with _engine(database_url_for(settings, home)) as engine:
        if not start_over and holds_no_scan(engine):
            refuse_lost_models(settings, home)
        prepare_schema_for_scan(engine)
        yield engine


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
            require_current_schema(engine)
            yield ModelStore(engine)
            return
    if not start_over:
        refuse_lost_models(settings, home)
    from seqauto_pipeline.db.migrate import upgrade  # noqa: PLC0415  (see db/schema_check.py)

    with _engine("sqlite://") as engine:
        upgrade(engine)
        yield ModelStore(engine)


@lru_cache(maxsize=2)
def _kept_engine(url: str) -> Engine:
    """Give the engine that this process had before: it knows each statement compiled.

    A scan opens the models some times, and a worker once for each shard.
    """
    return open_database(url)


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    """Open a database; at the end no connection is left."""
    engine = _kept_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()
