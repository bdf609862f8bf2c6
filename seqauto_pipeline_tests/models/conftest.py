"""The models written by hand, opened as programs open them."""

import pytest

from seqauto_pipeline.models import Models, open_models
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
def opened(models_db: ModelsDb) -> Models:
    return open_models(models_db.home)
