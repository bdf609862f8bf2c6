from pathlib import Path

import pytest
from sqlalchemy import text

from seqauto_pipeline.db.migrate import head_revision, upgrade
from seqauto_pipeline.db.schema_check import newest_revision, require_current_schema
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.errors import SchemaError


def test_the_newest_migration_is_the_one_that_alembic_finds() -> None:
    assert newest_revision() == head_revision()


def test_a_current_schema_passes_and_any_other_is_refused(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'models.db'}")
    upgrade(engine)
    require_current_schema(engine)

    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaError, match="9999"):
        require_current_schema(engine)
    engine.dispose()


def test_a_database_without_file_models_says_to_scan(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'models.db'}")

    with pytest.raises(SchemaError, match="no file models yet"):
        require_current_schema(engine)
    engine.dispose()
