"""Open the Dagster instance of the home in force, for commands."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from seqauto_pipeline.db.dagster_schema import dagster_storage
from seqauto_pipeline.orchestration.dagster_home import (
    CONFIG_NAME,
    home_directory,
    shipped_config,
)


@contextmanager
def opened_instance() -> Iterator[dg.DagsterInstance]:
    """Open it as the home's dagster.yaml says; as the shipped one does where that is out of reach.

    Who reads PostgreSQL from elsewhere has no home to speak of.
    """
    home = home_directory()
    with dagster_storage(str(home)):
        if os.access(home / CONFIG_NAME, os.R_OK):
            opened = dg.DagsterInstance.get()
        else:
            shipped = shipped_config()
            opened = dg.DagsterInstance.from_config(str(shipped.parent), shipped.name)
        with opened as instance:
            yield instance
