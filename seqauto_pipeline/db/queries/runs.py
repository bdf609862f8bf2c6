"""Sequencing runs, as commands and pages show them."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.db.models import SequencingRun, SequencingSample
from seqauto_pipeline.db.queries.selection import Selection, run_conditions

_BATCH_RUNS = 200  # sequencing runs: some 40,000 files, and far below SQLite's limit of parameters


_folder = func.rtrim(SequencingRun.root, "/") + "/" + SequencingRun.path  # as `run_folder`


def run_folder(run: SequencingRun) -> str:
    """Absolute path of a run folder."""
    return folder_at(run.root, run.path)


def folder_at(root: str, path: str) -> str:
    return f"{root.rstrip('/')}/{path}"


def path_in_run(run: SequencingRun, path: str) -> str:
    """Give the absolute path of what is stored relative to a run folder."""
    return path_from(run_folder(run), path)


def run_ids(
    session: Session, chosen: Selection | None = None, *, with_hidden: bool = True
) -> tuple[int, ...]:
    """Ids of the chosen sequencing runs, newest first; those without a date last."""
    query = select(SequencingRun.id).where(*run_conditions(chosen or Selection()))
    if not with_hidden:
        query = query.where(SequencingRun.hidden.is_(False))
    order = (SequencingRun.date.is_(None), SequencingRun.date.desc(), SequencingRun.name)
    return tuple(session.scalars(query.order_by(*order, SequencingRun.root, SequencingRun.path)))


def known_kits(session: Session) -> tuple[str, ...]:
    """Enrichment kits of runs, and of samples that name their own."""
    of_runs = select(SequencingRun.enrichment_kit).distinct()
    of_samples = select(SequencingSample.enrichment_kit).distinct()
    kits = {*session.scalars(of_runs), *session.scalars(of_samples)}
    return tuple(sorted(kit for kit in kits if kit is not None))


def in_batches(ids: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Cut ids so that what is read for one batch fits in memory."""
    for start in range(0, len(ids), _BATCH_RUNS):
        yield tuple(ids[start : start + _BATCH_RUNS])


def runs_by_id(session: Session, ids: Collection[int]) -> tuple[SequencingRun, ...]:
    """Read sequencing runs, in the order of their ids."""
    found = session.scalars(select(SequencingRun).where(SequencingRun.id.in_(ids)))
    by_id = {run.id: run for run in found}
    return tuple(by_id[run_id] for run_id in ids if run_id in by_id)


def run_by_id(session: Session, run_id: int) -> SequencingRun | None:
    return session.get(SequencingRun, run_id)


def find_runs(session: Session, name_or_path: str) -> tuple[SequencingRun, ...]:
    """Find sequencing runs by name, by path below their root, or by absolute path."""
    text = name_or_path.rstrip("/")
    query = select(SequencingRun).where(
        or_(SequencingRun.name == text, SequencingRun.path == text, _folder == text)
    )
    return tuple(session.scalars(query.order_by(SequencingRun.root, SequencingRun.path)))


def runs_alike(session: Session, text: str) -> tuple[int, ...]:
    """Ids of the runs with a flowcell, with its side letter or without; else with a part of a name.

    In any case of letters.
    """
    lower = text.lower()
    columns = (SequencingRun.flowcell, SequencingRun.flowcell_id)
    of_flowcell = or_(*(func.lower(column) == lower for column in columns))
    ids = tuple(session.scalars(select(SequencingRun.id).where(of_flowcell)))
    part = func.lower(SequencingRun.name).contains(lower, autoescape=True)
    return ids or tuple(session.scalars(select(SequencingRun.id).where(part)))


def run_names(session: Session) -> tuple[str, ...]:
    return tuple(session.scalars(select(SequencingRun.name).distinct()))


def runs_without_reads(session: Session) -> tuple[SequencingRun, ...]:
    """List runs of which no reads are known: RunInfo.xml always lists them."""
    query = select(SequencingRun).where(
        SequencingRun.data_state.in_(("complete", "error")),
        SequencingRun.legacy.is_(False),
        SequencingRun.hidden.is_(False),
    )
    runs = session.scalars(query.order_by(SequencingRun.id))
    return tuple(run for run in runs if not run.facts.get("reads"))


def run_that_holds(session: Session, path: str) -> SequencingRun | None:
    """Find the sequencing run whose folder holds an absolute path, or is at it."""
    parts = path.split("/")
    above = ["/".join(parts[:length]) for length in range(2, len(parts) + 1)]
    return session.scalars(select(SequencingRun).where(_folder.in_(above))).first()


def runs_of_layouts(session: Session, names: Collection[str]) -> Sequence[SequencingRun]:
    """List the sequencing runs that were judged by some layouts."""
    if not names:
        return ()
    return session.scalars(select(SequencingRun).where(SequencingRun.layout.in_(names))).all()
