"""The one place where errors of ours become Dagster's failures."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from seqauto_pipeline.errors import SeqAutoError


@contextmanager
def as_failure() -> Iterator[None]:
    """Fail the op with our one message; trying again would meet the same trouble."""
    try:
        yield
    except SeqAutoError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
