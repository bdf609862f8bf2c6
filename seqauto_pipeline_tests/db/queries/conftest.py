"""A database with what the commands of people show."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from seqauto_pipeline.db.session import read_session
from seqauto_pipeline_tests.cli.conftest import (
    ModelsDb,
    empty_database,
    models_db,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


@pytest.fixture
def session(models_db: ModelsDb) -> Iterator[Session]:
    with read_session(models_db.engine) as session:
        yield session
