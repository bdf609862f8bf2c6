"""How far the catalog has been told what the models know; kept beside Dagster's own cursors."""

import json
from dataclasses import asdict, dataclass, field, replace

import dagster as dg

from seqauto_pipeline.db.queries.publishing import Told

_KEY = "seqauto/catalog"
LAYOUT = 3  # of what is told of a run: another number has all of them told again


@dataclass(frozen=True, slots=True)
class Progress:
    """What was told of which models."""

    models: str  # `identity_of_models`
    told: Told = field(default_factory=Told)
    annotation: int = 0  # the last one of people
    layout: int = LAYOUT

    def up_to(self, told: Told) -> "Progress":
        return replace(self, told=told)


def read_progress(instance: dg.DagsterInstance, models: str) -> Progress:
    """Read it; from the start where the models or what is told of a run are others now.

    So it is, too, where another version of this program wrote what this one does not know.
    """
    text = instance.run_storage.get_cursor_values({_KEY}).get(_KEY)
    try:
        stored = json.loads(text or "{}")
        progress = Progress(**{**stored, "told": Told(**stored["told"])})
    except (KeyError, TypeError, ValueError):
        return Progress(models)
    return progress if (progress.models, progress.layout) == (models, LAYOUT) else Progress(models)


def forget_progress(instance: dg.DagsterInstance) -> None:
    """Have all told again: older models were put back, whose next scans have known numbers."""
    keep_progress(instance, Progress(""))


def keep_progress(instance: dg.DagsterInstance, progress: Progress) -> None:
    instance.run_storage.set_cursor_values({_KEY: json.dumps(asdict(progress))})
