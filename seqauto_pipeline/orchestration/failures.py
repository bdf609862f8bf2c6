"""The one place where errors of ours become Dagster's failures."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dagster as dg

from seqauto_pipeline.errors import SeqAutoError, VanishedError
from seqauto_pipeline.orchestration.instance import storage_in_reach
from seqauto_pipeline.orchestration.running_scan import this_scan
from seqauto_pipeline.orchestration.runtime.interrupts import INTERRUPTIONS
from seqauto_pipeline.orchestration.step_tables import key_words, stored_figure
from seqauto_pipeline.views.remedies import in_the_web_ui


@contextmanager
def as_failure() -> Iterator[None]:
    """Fail the op with our one message, in UI words; trying again would meet the same trouble."""
    try:
        with storage_in_reach():
            yield
    except VanishedError as error:
        raise _failure(error, error.figures) from error
    except SeqAutoError as error:
        raise _failure(error, {}) from error
    except INTERRUPTIONS:
        scan = this_scan()
        if scan is None:
            raise
        scan.interrupts.ended_a_step = True
        raise _failure(
            scan.why_interrupted(), {}
        ) from None  # Dagster's own says nothing to anybody


def _failure(error: SeqAutoError, figures: Mapping[str, int | float | str]) -> dg.Failure:
    words = {key_words(key): stored_figure(key, figure) for key, figure in figures.items()}
    return dg.Failure(description=in_the_web_ui(str(error)), metadata=words, allow_retries=False)
