"""The models in shards: a survey of the whole, its runs stored side by side, then the rest."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.db.store.side_by_side import SideBySideStore
from seqauto_pipeline.delivery.configured import outbox_for
from seqauto_pipeline.disk.record.parsed_runs import ParsedRuns
from seqauto_pipeline.disk.record.paths import parsed_path, record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.garbage import collecting_rarely
from seqauto_pipeline.scan.applying import RecordBeingApplied, being_applied
from seqauto_pipeline.scan.judging import RunJudge
from seqauto_pipeline.scan.model_builder import ModelBuilder
from seqauto_pipeline.scan.model_update import ModelUpdate
from seqauto_pipeline.scan.progress import Progress, ignore_progress
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.setup import scan_setup
from seqauto_pipeline.scan.shards.files import KeptSurvey, ShardFiles, ShardToBuild
from seqauto_pipeline.scan.shards.journal import JournalWriter, changes_in
from seqauto_pipeline.scan.shards.surveys import (
    kept,
    places_to_plan,
    restored,
    shards_to_build,
    survey_of_shard,
)
from seqauto_pipeline.scan.store import side_by_side_store
from seqauto_pipeline.scan.summaries import ModelsSummary
from seqauto_pipeline.settings import Settings


@collecting_rarely()
def cut_models(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    record_id: str,
    request: ScanRequest,
    progress: Progress = ignore_progress,
    fence: Fence | None = None,
) -> ModelsSummary | int:
    """Make the survey, and cut the runs to plan into shards: give their number.

    Where there are few, or an old list is applied, all is done at once, as by `create_models`.
    """
    files = ShardFiles(home, dagster_run_id)
    with being_applied(settings, home, dagster_run_id, record_id, request, fence) as applied:
        planned, scan = applied.planned(progress), applied.begun()
        if planned is None:
            in_progress = applied.update.in_progress(scan)
            judge = applied.update.judge(in_progress, ParsedRuns(applied.parsed))
            wanted, most = places_to_plan(judge.survey), settings.runs_per_shard
            if len(wanted) > most and not in_progress.is_of_old:
                record, listed_by = applied.update.record, files.listed_by()
                shards = shards_to_build(judge.survey, wanted, record, listed_by, most)
                return _keep(files, kept(judge.survey, record_id), shards)
            planned = _built_whole(files, applied.update, judge, progress)
        return applied.ended(scan, planned)


def _built_whole(
    files: ShardFiles, update: ModelUpdate, judge: RunJudge, progress: Progress
) -> ModelsSummary:
    """Build all at once, with a journal: this, too, may be done again after a death."""
    files.begin()
    writer = JournalWriter(update.store, judge.scan, files.new_journal(0))
    summary = update.built(judge, writer, progress)
    changes = changes_in(files.journals(0))
    changes.notes = summary.changes.notes
    return replace(summary, changes=changes)


def _keep(files: ShardFiles, survey: KeptSurvey, shards: Iterable[ShardToBuild]) -> int:
    """Write down the parts; give how many they are."""
    files.begin()
    written = 0
    for number, shard in enumerate(shards):
        files.write_to_build(number, shard)
        written = number + 1
    files.write_survey(survey)
    return written


@collecting_rarely()
def build_shard(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    number: int,
    fence: Fence,
    progress: Progress = ignore_progress,
    *,
    is_alone: bool = True,
) -> int:
    """Judge, plan and store the runs of one shard that the scan has not stored yet; give how many.

    Where an attempt at it died, or is taken for dead and works on, each run is stored once.
    """
    files = ShardFiles(home, dagster_run_id)
    shard = files.to_build(number)
    with _opened(settings, home, shard.record_id, fence) as (update, store):
        scan = RecordBeingApplied(update, dagster_run_id, None, fence).scan()
        in_progress = update.in_progress(scan)
        stored = store.stored_by(scan.id, [run.entry.path for run in shard.runs])
        survey = survey_of_shard(shard.runs, stored)
        judge = update.judge_by(survey, in_progress, _parsed_runs(files, shard), {})
        writer = JournalWriter(store, in_progress, files.new_journal(number))
        builder = ModelBuilder(update.record, store, judge, writer)
        stage = f"create models, shard {number + 1}"
        builder.build_runs(
            lambda done, total: progress(stage, done, total),
            [run.entry for run in shard.runs],
            is_alone=is_alone,
        )
        return len(survey.fingerprints)


def _parsed_runs(files: ShardFiles, shard: ShardToBuild) -> ParsedRuns:
    """Give what was read of the shard's runs: not all that a large scan has read."""
    parts = tuple(map(files.parsed_part, shard.parsed_by))
    wanted = frozenset(run.fingerprint for run in shard.runs)
    whole = parsed_path(files.home, files.dagster_run_id)
    return ParsedRuns(*parts or (whole,), wanted=wanted)


@contextmanager
def _opened(
    settings: Settings, home: Path, record_id: str, fence: Fence
) -> Iterator[tuple[ModelUpdate, SideBySideStore]]:
    outbox = outbox_for(settings)
    after_save = outbox.fill if outbox else None
    with side_by_side_store(settings, home, fence, after_save) as store:
        record = ScanRecord(record_path(home, record_id), is_checked=True)  # by the survey
        setup = scan_setup(settings, home)
        yield ModelUpdate(setup, store, record, record_id, ScanRequest()), store


@collecting_rarely()
def finish_models(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    record_id: str,
    request: ScanRequest,
    shards: int,
    fence: Fence | None = None,
) -> ModelsSummary:
    """Store what only the whole can tell, when all shards are stored, and end the scan.

    Raises as `create_models` does.
    """
    files = ShardFiles(home, dagster_run_id)
    survey = restored(files.survey())
    with being_applied(settings, home, dagster_run_id, record_id, request, fence) as applied:
        update, scan = applied.update, applied.scan()
        in_progress = update.in_progress(scan)
        judge = update.judge_by(survey, in_progress, {}, {})
        writer = JournalWriter(update.store, in_progress, files.new_journal(shards))
        ModelBuilder(update.record, update.store, judge, writer).finish()
        journals = [each for number in range(shards + 1) for each in files.journals(number)]
        changes = changes_in(journals)
        if applied.outbox is not None:
            applied.outbox.filled += changes.runs  # by the shards
        return applied.ended(scan, update.summary(judge, changes))
