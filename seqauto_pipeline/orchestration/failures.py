"""The one place where errors of ours become Dagster's failures."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dagster as dg

from seqauto_pipeline.errors import SeqAutoError, VanishedError


@contextmanager
def as_failure() -> Iterator[None]:
    """Fail the op with our one message; trying again would meet the same trouble."""
    try:
        yield
    except VanishedError as error:
        raise _failure(error, error.figures) from error
    except SeqAutoError as error:
        raise _failure(error, {}) from error


def _failure(error: SeqAutoError, figures: Mapping[str, int | float | str]) -> dg.Failure:
    return dg.Failure(description=str(error), metadata=figures, allow_retries=False)
