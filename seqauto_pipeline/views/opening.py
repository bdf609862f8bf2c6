"""How the models of a home are opened, by whoever shows them."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seqauto_pipeline.db.look.session import open_to_read
from seqauto_pipeline.db.schema_check import require_current_schema
from seqauto_pipeline.db.session import read_session
from seqauto_pipeline.settings import Settings, database_url_for, zone_for
from seqauto_pipeline.views.open_models import OpenModels


@contextmanager
def opened(home: Path, settings: Settings, now: dt.datetime) -> Iterator[OpenModels]:
    """Open the models of a home to read one state of them."""
    with open_to_read(database_url_for(settings, home)) as engine:
        require_current_schema(engine)
        with read_session(engine) as session:
            yield OpenModels(session, home, settings, zone_for(settings), now)
