"""What becomes of errors in a step."""

import dagster as dg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from seqauto_pipeline.orchestration.failures import as_failure

_TOO_MANY = 'FATAL:  too many connections for role "worker"'


def test_a_connection_that_dagster_cannot_get_is_told_in_a_sentence_with_what_to_do() -> None:
    with pytest.raises(dg.Failure) as failure, as_failure():
        raise OperationalError("SELECT", {}, Exception(f"connection failed: {_TOO_MANY}\n"))

    assert "Cannot use Dagster's storage of" in str(failure.value.description)
    assert _TOO_MANY in str(failure.value.description)
    assert "raise max_connections" in str(failure.value.description)
    assert not failure.value.allow_retries


def test_a_mistake_of_ours_stays_one_nobody_foresaw() -> None:
    with pytest.raises(IntegrityError), as_failure():
        raise IntegrityError("INSERT", {}, Exception("duplicate key"))
