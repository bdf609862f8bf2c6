"""URLs of the models database: which are taken, what is made of them, and what is never shown."""

from pathlib import Path

import pytest

from seqauto_pipeline.settings import (
    Settings,
    database_url_for,
    load_settings,
    masked_url,
)
from seqauto_pipeline_tests.settings.conftest import refusal


def test_the_default_database_is_a_file_in_the_home():
    assert database_url_for(Settings(), Path("/home/lab")) == "sqlite:////home/lab/seqauto.db"


@pytest.mark.parametrize(
    ("given", "effective"),
    [
        ("postgresql://u:p@h/d", "postgresql+psycopg2://u:p@h/d"),
        ("postgres://u:p@h:5432/d", "postgresql+psycopg2://u:p@h:5432/d"),
        ("postgresql+psycopg2://u@[::1]:5432/d", "postgresql+psycopg2://u@[::1]:5432/d"),
        ("postgresql:///d?host=/run/pg", "postgresql+psycopg2:///d?host=/run/pg"),
        ("sqlite:////var/lib/seqauto.db", "sqlite:////var/lib/seqauto.db"),
    ],
)
def test_the_driver_of_a_database_is_always_named(given, effective):
    environ = {"SEQAUTO_DATABASE_URL": given, "SEQAUTO_STATEMENT_TIMEOUT_SECONDS": "0"}

    assert database_url_for(load_settings(environ), Path("/home/lab")) == effective


@pytest.mark.parametrize(
    ("given", "effective"),
    [
        ("postgresql://h/d", "://h/d?options=-c%20statement_timeout%3D60s"),
        ("postgresql:///d?host=/pg", ":///d?host=/pg&options=-c%20statement_timeout%3D60s"),
        ("postgresql://h/d?options=-c%20a%3Db", "://h/d?options=-c%20a%3Db"),
    ],
)
def test_our_own_statements_on_postgresql_have_a_time_limit(given, effective):
    environ = {"SEQAUTO_DATABASE_URL": given, "SEQAUTO_STATEMENT_TIMEOUT_SECONDS": "60"}

    url = database_url_for(load_settings(environ), Path("/home/lab"))

    assert url == f"postgresql+psycopg2{effective}"


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("user:geheim@host/db", "found text without '://', expected postgresql://USER"),
        ("mysql://user:geheim@host/db", "found the database 'mysql', expected postgresql://USER"),
        ("postgresql://user:geheim", "with a host or port that cannot be read"),
        ("sqlite://", "found 'sqlite://', expected postgresql://USER"),
        ("sqlite:///relative.db", "found 'sqlite:///relative.db', expected postgresql://USER"),
    ],
)
def test_a_wrong_database_url_is_refused_without_showing_the_password(url, complaint):
    message = refusal({"SEQAUTO_DATABASE_URL": url})

    assert complaint in message
    assert "geheim" not in message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:geheim@h/d",
        "postgresql://u:geheim:x@h/d",
        "postgresql://u:ge@geheim/geheim@h/d",
        "postgresql://:geheim@h/d",
        "postgresql://h/d?user=u&password=geheim",
        "postgresql://h/d?sslpassword=geheim&x=1",
    ],
)
def test_a_password_in_a_url_is_masked(url):
    assert "geheim" not in masked_url(url)
    assert "***" in masked_url(url)
