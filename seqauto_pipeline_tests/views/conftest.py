"""The models written by hand, open as views read them."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from seqauto_pipeline.db.session import read_session
from seqauto_pipeline.settings import load_settings
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import ModelsDb
from seqauto_pipeline_tests.cli.conftest import (
    empty_database as empty_database,  # noqa: PLC0414  (a fixture)
)
from seqauto_pipeline_tests.cli.conftest import (
    models_db as models_db,  # noqa: PLC0414  (a fixture)
)
from seqauto_pipeline_tests.cli.conftest import (
    seqauto as seqauto,  # noqa: PLC0414  (a fixture)
)


@pytest.fixture
def models(models_db: ModelsDb) -> Iterator[OpenModels]:
    zone, now = ZoneInfo("Australia/Adelaide"), dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    with read_session(models_db.engine) as session:
        yield OpenModels(session, models_db.home, load_settings(), zone, now)
