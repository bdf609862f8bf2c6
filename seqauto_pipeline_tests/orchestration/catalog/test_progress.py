"""How far the catalog was told, when two versions of the program write it down."""

import json

import dagster as dg
import pytest

from seqauto_pipeline.db.queries.publishing import Told
from seqauto_pipeline.orchestration.catalog import progress
from seqauto_pipeline.orchestration.catalog.progress import Progress, keep_progress, read_progress


def test_what_was_told_is_known_afterwards() -> None:
    told = Progress("these models", Told(), annotation=7)
    with dg.DagsterInstance.ephemeral() as instance:
        keep_progress(instance, told)

        assert read_progress(instance, "these models") == told
        assert read_progress(instance, "other models") == Progress("other models")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"models": "these models", "told": {}, "of_another_version": 1}),
        json.dumps({"models": "these models"}),
        json.dumps({"models": "these models", "told": {"of_another_version": 1}}),
        "{",
    ],
)
def test_what_another_version_wrote_has_all_told_again(text: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.run_storage.set_cursor_values({progress._KEY: text})

        assert read_progress(instance, "these models") == Progress("these models")
