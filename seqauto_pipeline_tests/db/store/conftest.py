"""A run to store, in an empty database of each kind."""

import pytest
from sqlalchemy import Engine

from seqauto_pipeline_tests.db.store.life import Life


@pytest.fixture
def life(engine: Engine) -> Life:
    return Life(engine)
