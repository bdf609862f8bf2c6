"""Looking at a database: what is set in its URL holds, nothing is made and nothing changed."""

from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from seqauto_pipeline.db.look.session import looking, sqlite_file_of
from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.errors import DatabaseUnavailableError


@pytest.mark.postgres
def test_looking_keeps_what_the_url_sets(postgres_url):
    options = quote("-c search_path=lab -c statement_timeout=77s")

    with looking(f"{postgres_url}&options={options}") as session:
        shown = [
            session.scalar(text(f"SHOW {name}"))
            for name in ("search_path", "statement_timeout", "lock_timeout")
        ]

    assert shown == ["lab", "77s", "5s"]


def test_a_file_that_is_looked_at_cannot_be_changed(sqlite_url: str):
    engine = open_database(sqlite_url)
    upgrade(engine)
    engine.dispose()

    with (
        pytest.raises(DatabaseUnavailableError, match="readonly"),
        looking(sqlite_url) as session,
    ):
        session.execute(text("DELETE FROM scan"))


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path):
    file = tmp_path / "none.db"

    with pytest.raises(DatabaseUnavailableError), looking(f"sqlite:///{file}") as session:
        session.execute(text("SELECT 1"))

    assert not file.exists()


def test_the_file_of_a_url_is_known_and_a_server_has_none():
    assert sqlite_file_of("sqlite:////data/seqauto.db") == Path("/data/seqauto.db")
    assert sqlite_file_of("postgresql+psycopg2://lab@db/seqauto") is None


def test_text_that_is_no_url_is_refused():
    with pytest.raises(DatabaseUnavailableError, match="Could not parse"):
        sqlite_file_of("seqauto")
