"""What people say of sequencing runs and messages: what holds now, and what was said before."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Annotation
from seqauto_pipeline.db.models.annotations import SKIP


def skip_reason(who: str, why: str | None) -> str:
    """Say by whom, and why, a run is skipped."""
    return f"by {who}: {why}" if why else f"by {who}"


def skip_reasons(connection: Connection) -> dict[int, str]:
    """Give the reason of each sequencing run that a person skips."""
    columns = (
        Annotation.sequencing_run_id,
        Annotation.is_on,
        Annotation.who,
        Annotation.why,
    )
    query = select(*columns).where(Annotation.what == SKIP).order_by(Annotation.id)
    found: dict[int | None, str | None] = {}
    for run_id, is_on, who, why in connection.execute(query):
        found[run_id] = skip_reason(who, why) if is_on else None
    return {
        run_id: reason
        for run_id, reason in found.items()
        if run_id is not None and reason is not None
    }


def annotations_of_runs(
    session: Session, ids: Collection[int]
) -> dict[int, tuple[Annotation, ...]]:
    """Read all that was said of some sequencing runs, oldest first."""
    query = select(Annotation).where(Annotation.sequencing_run_id.in_(ids)).order_by(Annotation.id)
    found: dict[int, list[Annotation]] = {}
    for annotation in session.scalars(query):
        found.setdefault(annotation.sequencing_run_id or 0, []).append(annotation)
    return {run_id: tuple(each) for run_id, each in found.items()}


def in_force(annotations: Collection[Annotation]) -> Mapping[str, Annotation]:
    """Choose, of what was said of one run and in that order, what holds: by what it is."""
    newest = {annotation.what: annotation for annotation in annotations}
    return {what: annotation for what, annotation in newest.items() if annotation.is_on}


def history_of_message(session: Session, message_id: int) -> tuple[Annotation, ...]:
    """Read all acknowledgements of a message, and when they were taken back, oldest first."""
    query = select(Annotation).where(Annotation.message_id == message_id)
    return tuple(session.scalars(query.order_by(Annotation.id)))


def skip_of(session: Session, run_id: int) -> Annotation | None:
    """Find what a person said who skips a sequencing run; None where nobody does."""
    said = annotations_of_runs(session, (run_id,)).get(run_id, ())
    return in_force(said).get(SKIP)
