"""Sequencing runs that have been complete for long and still lack files."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.verdict.lost_files import FILES_DELETED, RUN_DELETED
from seqauto_pipeline.db.models import ExpectedFile, Message, RunEvent, Scan, SequencingRun
from seqauto_pipeline.db.queries.messages import is_acknowledged_at
from seqauto_pipeline.db.queries.runs import folder_at, run_folder

_ABOUT_FILES = "SAMPLE_WITHOUT_FILES"
_SILENT = ("legacy", "bad", "hidden")  # flags of runs of which no alert tells


@dataclass(frozen=True, slots=True)
class OverdueRun:
    folder: str
    name: str
    enrichment_kit: str | None
    complete_since: dt.datetime
    missing: tuple[tuple[str, int], ...]  # number of files by type


@dataclass(frozen=True, slots=True)
class OverdueLimits:
    hours: int
    hours_for_kit: Mapping[str, int]
    file_types: Collection[str]

    def deadline(self, kit: str | None, since: dt.datetime) -> dt.datetime:
        return since + dt.timedelta(hours=self.hours_for_kit.get(kit or "", self.hours))


def overdue_runs(
    session: Session, limits: OverdueLimits, now: dt.datetime
) -> tuple[OverdueRun, ...]:
    """List them, oldest first.

    Left out are runs of which nobody expects more (legacy, bad, hidden), and those whose message
    on missing files somebody acknowledged. A file that was there once is lost, not overdue.
    """
    missing = _missing(session, limits.file_types)
    since = _complete_since(session, missing)
    quiet = _acknowledged(session, now)
    run = SequencingRun
    # Columns: a mapped object costs ten times as much.
    wanted = select(run.id, run.root, run.path, run.name, run.enrichment_kit).where(
        run.id.in_(missing.keys() - quiet),
        run.data_state == "complete",
        *(getattr(run, flag).is_(False) for flag in _SILENT),
    )
    found = [
        OverdueRun(folder_at(root, path), name, kit, since[run_id], tuple(missing[run_id]))
        for run_id, root, path, name, kit in session.execute(wanted)
        if run_id in since and limits.deadline(kit, since[run_id]) <= now
    ]
    return tuple(sorted(found, key=lambda each: (each.complete_since, each.folder)))


@dataclass(frozen=True, slots=True)
class LossyRun:
    """A sequencing run of which files, or the whole folder, are gone and nobody said why."""

    folder: str
    name: str
    enrichment_kit: str | None
    texts: tuple[str, ...]  # of its messages


def runs_with_losses(session: Session, now: dt.datetime) -> tuple[LossyRun, ...]:
    """List them by folder. A bad run is among them: what is lost of it is lost."""
    query = (
        select(SequencingRun, Message.text)
        .join(Message, Message.sequencing_run_id == SequencingRun.id)
        .where(
            Message.code.in_((FILES_DELETED, RUN_DELETED)),
            Message.closed_scan_id.is_(None),
            ~is_acknowledged_at(now),
            SequencingRun.legacy.is_(False),
            SequencingRun.hidden.is_(False),
        )
        .order_by(SequencingRun.root, SequencingRun.path, Message.id)
    )
    found: dict[int, tuple[SequencingRun, list[str]]] = {}
    for run, text in session.execute(query):
        found.setdefault(run.id, (run, []))[1].append(text)
    return tuple(
        LossyRun(run_folder(run), run.name, run.enrichment_kit, tuple(texts))
        for run, texts in found.values()
    )


def _missing(session: Session, types: Collection[str]) -> dict[int, list[tuple[str, int]]]:
    query = (
        select(ExpectedFile.sequencing_run_id, ExpectedFile.file_type, func.count())
        .where(
            ExpectedFile.file_type.in_(types),
            ExpectedFile.data_state == "non_existent",
            ExpectedFile.retired.is_(False),
        )
        .group_by(ExpectedFile.sequencing_run_id, ExpectedFile.file_type)
        .order_by(ExpectedFile.file_type)
    )
    found: dict[int, list[tuple[str, int]]] = {}
    for run_id, kind, count in session.execute(query):
        found.setdefault(run_id, []).append((kind, count))
    return found


def _complete_since(session: Session, run_ids: Collection[int]) -> dict[int, dt.datetime]:
    """When each run last turned complete: the scan that saw it first.

    That scan began no later than any after it, whatever its clock said.
    """
    latest = _not_after(session)
    query = (
        select(RunEvent.sequencing_run_id, Scan.id, Scan.as_of, Scan.started_at)
        .join(Scan, Scan.id == RunEvent.scan_id)
        .where(RunEvent.new_state == "complete", RunEvent.old_state.is_distinct_from("complete"))
        .order_by(RunEvent.id)
    )
    wanted = set(run_ids)
    return {
        run_id: min(as_of or started, latest[scan_id])
        for run_id, scan_id, as_of, started in session.execute(query)
        if run_id in wanted
    }


def _not_after(session: Session) -> dict[int, dt.datetime]:
    """Give each scan the earliest time at which it or a later one began."""
    earliest, found = None, {}
    for number, started in session.execute(
        select(Scan.id, Scan.started_at).order_by(Scan.id.desc())
    ):
        earliest = started if earliest is None else min(started, earliest)
        found[number] = earliest
    return found


def _acknowledged(session: Session, now: dt.datetime) -> set[int]:
    query = select(Message.sequencing_run_id).where(
        Message.code == _ABOUT_FILES,
        Message.closed_scan_id.is_(None),
        is_acknowledged_at(now),
    )
    return {run_id for run_id in session.scalars(query) if run_id is not None}
