"""A failure that was foreseen, as it is read from the tag of its scan."""

import json

import dagster as dg
import pytest

from seqauto_pipeline.errors import DagsterStorageError
from seqauto_pipeline.orchestration.failures import as_failure
from seqauto_pipeline.orchestration.runtime.foreseen import Foreseen, foreseen, hide_tracebacks
from seqauto_pipeline.orchestration.tags import FAILURE_TAG
from seqauto_pipeline_tests.orchestration.conftest import Lab


def test_the_words_and_the_traceback_are_read() -> None:
    tag = json.dumps({"message": "No disk.", "traceback": "Traceback"})

    assert foreseen(dg.DagsterRun("job", tags={FAILURE_TAG: tag})) == Foreseen(
        "No disk.", "Traceback"
    )


@pytest.mark.parametrize("tag", ['{"message": "a", "traceback": "", "of_another": 1}', "{", "{}"])
def test_a_tag_of_another_version_tells_nothing(tag: str) -> None:
    assert foreseen(dg.DagsterRun("job", tags={FAILURE_TAG: tag})) is None


def test_a_scan_without_the_tag_has_no_foreseen_failure() -> None:
    assert foreseen(dg.DagsterRun("job")) is None


def test_a_step_tells_the_error_of_ours_and_not_what_caused_it(lab: Lab) -> None:
    @dg.op
    def fail() -> None:
        with as_failure():
            raise DagsterStorageError("/home", "too many clients") from OSError("the cause")

    @dg.job
    def failing() -> None:
        fail()

    with dg.DagsterInstance.get() as instance:
        done = failing.execute_in_process(instance=instance, raise_on_error=False)
        hide_tracebacks(instance, done.dagster_run)
        (told,) = map(foreseen, instance.get_runs())

    assert told is not None
    assert told.message == str(DagsterStorageError("/home", "too many clients"))
    assert told.error == "DagsterStorageError"
    assert "the cause" in told.traceback
