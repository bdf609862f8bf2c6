"""The file that `--output` names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from seqauto_pipeline.core.display import shown


@contextmanager
def writing_to(output: Path) -> Iterator[None]:
    """Write a file, and say what to do where that cannot be."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(
            f"Cannot write {shown(str(output))}: {reason}. Give --output a place that you may "
            "write to."
        ) from error
