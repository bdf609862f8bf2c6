"""What a PostgreSQL server tells of the models database."""

import pytest

from seqauto_pipeline.db.look.server import server_state
from seqauto_pipeline.db.migrate import head_revision, upgrade
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.errors import DatabaseUnavailableError


@pytest.mark.postgres
def test_a_database_is_empty_until_the_models_are_made(postgres_url: str):
    before = server_state(postgres_url, slow_seconds=900)
    engine = open_database(postgres_url)
    upgrade(engine)
    engine.dispose()
    after = server_state(postgres_url, slow_seconds=900)

    assert (before.is_empty, before.revision) == (True, None)
    assert (after.is_empty, after.revision) == (False, head_revision())
    assert after.size > before.size > 0
    assert abs(after.clock_ahead) < 5


def test_a_server_that_refuses_is_named_without_the_password():
    with pytest.raises(DatabaseUnavailableError, match="refused") as caught:
        server_state("postgresql+psycopg2://lab:geheim@127.0.0.1:9/seqauto", slow_seconds=900)

    assert caught.value.where == "postgresql+psycopg2://lab:***@127.0.0.1:9/seqauto"
