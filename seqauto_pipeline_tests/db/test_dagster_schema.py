"""What keeps Dagster from its storage, in one line."""

import errno
import os

import pytest
from sqlalchemy import create_engine, text

from seqauto_pipeline.db.dagster_schema import dagster_storage
from seqauto_pipeline.errors import DagsterStorageError


def test_a_storage_that_refuses_is_told_in_one_line_with_what_to_do():
    engine = create_engine("sqlite:////nowhere/runs.db")

    with pytest.raises(DagsterStorageError) as caught, dagster_storage("/srv/seqauto"):
        engine.connect().execute(text("SELECT 1"))

    assert str(caught.value) == (
        "Cannot use Dagster's storage of /srv/seqauto: unable to open database file. "
        "Look with `ls -ld` whether that is a file, and whether its directory is there and may be "
        "entered."
    )


def test_a_full_disk_is_told_too():
    with (
        pytest.raises(DagsterStorageError, match="No space left on device"),
        dagster_storage("/srv/seqauto"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_any_other_error_of_the_system_passes():
    with pytest.raises(FileNotFoundError), dagster_storage("/srv/seqauto"):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("file is not a database", "move the directory `history` of the home away"),
        ("database disk image is malformed", "what they found is in the models"),
        ("server closed the connection unexpectedly", "look whether it was restarted"),
        ('FATAL:  too many connections for role "x"', "raise max_connections"),
        ('FATAL:  role "x" is not permitted to log in', "have its administrator allow it"),
        ('duplicate key value violates unique constraint "y"', "the next command puts them right"),
        ("connection to server at 10.0.0.1 failed: timed out", "Check that it runs and can be"),
        ("something else", "Check that its disk has room"),
    ],
)
def test_the_advice_on_dagsters_storage_fits_what_the_driver_says(reason: str, advice: str) -> None:
    assert advice in str(DagsterStorageError("/home/x", reason))
