"""What people said of a run or a message, as people and programs read it."""

from seqauto_pipeline.core.display import last_day, shown
from seqauto_pipeline.db.models import Annotation
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import Value, iso


def annotation_line(models: OpenModels, said: Annotation) -> str:
    """Say on one line what somebody said and when."""
    return f"{models.local(said.at)}  {annotation_words(models, said)}"


def annotation_words(models: OpenModels, said: Annotation) -> str:
    """Say what somebody said."""
    until = f", until {last_day(said.until, models.zone)}" if said.until is not None else ""
    why = f": {shown(said.why)}" if said.why else ""
    state = "on" if said.is_on else "off"
    return f"{said.what} {state}{until}, by {shown(said.who)}{why}"


def annotation_as_json(said: Annotation) -> dict[str, Value]:
    """Give what somebody said of a run."""
    return {
        "what": said.what,
        "on": said.is_on,
        "by": said.who,
        "why": said.why,
        "at": iso(said.at),
    }


def acknowledgement_as_json(said: Annotation) -> dict[str, Value]:
    """Give what somebody said of a message."""
    return {**annotation_as_json(said), "until": iso(said.until)}
