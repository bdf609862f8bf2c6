"""The models written by hand, opened as programs open them."""

from collections.abc import Callable

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
    models_on_postgres as models_on_postgres,  # noqa: PLC0414  (a fixture)
)
from seqauto_pipeline_tests.cli.conftest import (
    seqauto as seqauto,  # noqa: PLC0414  (a fixture)
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def opened(request: pytest.FixtureRequest, models_db: ModelsDb) -> Models:
    """Give the models on each database in turn."""
    if request.param == "postgres":
        use_it: Callable[[], None] = request.getfixturevalue("models_on_postgres")
        use_it()
    return open_models(models_db.home)
