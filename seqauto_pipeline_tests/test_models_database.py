"""Laboratories have their models where a run of the tests was asked to have them."""

from pathlib import Path

import pytest

from seqauto_pipeline.db.migrate import current_revision, head_revision
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline_tests.models_database import Beginning, ModelsServer, models_on, url_for
from seqauto_pipeline_tests.scan.lab import Lab


def test_each_home_has_models_of_its_own_on_the_database_asked_for(
    tmp_path: Path, on_each_database: str
) -> None:
    labs = Lab(tmp_path / "one"), Lab(tmp_path / "two")
    labs[0].run().complete()

    for lab in labs:
        lab.scan()

    assert [len(lab.sequencing_runs()) for lab in labs] == [1, 0]
    for lab in labs:
        with lab.connected() as connection:
            assert connection.dialect.name == on_each_database


@pytest.mark.postgres
def test_a_home_of_a_server_begins_migrated_unless_it_is_to_be_empty(
    tmp_path: Path, models_server: ModelsServer
) -> None:
    with models_on(models_server):
        url = url_for(tmp_path / "one")
        assert url_for(tmp_path / "one") == url
        assert _revision(url) == head_revision()
        assert _revision(url_for(tmp_path / "two", Beginning.NOTHING)) is None
    assert url_for(tmp_path / "one") is None


def _revision(url: str | None) -> str | None:
    assert url is not None
    engine = open_database(url)
    try:
        return current_revision(engine)
    finally:
        engine.dispose()
