"""What the last scans changed of many runs: in words, and in as many statements as of one."""

from collections.abc import Sequence

from sqlalchemy import event
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import RunEvent, Scan
from seqauto_pipeline.db.queries.changes import ChangedFiles
from seqauto_pipeline.db.queries.history import RunChange
from seqauto_pipeline.db.queries.runs import run_ids
from seqauto_pipeline.db.queries.scan_times import scan_times
from seqauto_pipeline.views.last_changes import (
    ScanChanges,
    files_change_words,
    last_changes,
    run_change_words,
)
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import ModelsDb, scan_time


def changes_of(models: OpenModels, ids: Sequence[int]) -> dict[int, tuple[ScanChanges, ...]]:
    return dict(last_changes(models, ids, scan_times(models.session)))


def test_the_newest_come_first_each_with_the_time_of_its_scan(models: OpenModels) -> None:
    found = changes_of(models, run_ids(models.session))[1]

    assert [each.scan_id for each in found] == sorted({each.scan_id for each in found})[::-1]
    assert [each.when for each in found] == [scan_time(each.scan_id) for each in found]
    assert "The run folder is complete." in found[-1].sentences
    words = " ".join(sentence for each in found for sentence in each.sentences)
    assert "missing" in words
    assert "_" not in words


def test_of_many_scans_only_the_last_five_are_told(models_db: ModelsDb, models: OpenModels) -> None:
    with Session(models_db.engine) as session, session.begin():
        for number in range(11, 18):
            session.add(
                Scan(
                    id=number,
                    dagster_run_id=f"{number:032}",
                    started_at=scan_time(1),
                    is_everything=True,
                    scope={"roots": [], "runs": []},
                    is_full=True,
                )
            )
            session.flush()
            change = RunEvent(
                sequencing_run_id=1, scan_id=number, old_state="error", new_state="incomplete"
            )
            session.add(change)

    found = changes_of(models, (1,))

    assert [each.scan_id for each in found[1]] == [17, 16, 15, 14, 13]
    assert found[1][0].sentences == ("The run folder is incomplete (before: in error).",)


def test_many_runs_take_as_many_statements_as_one(models_db: ModelsDb, models: OpenModels) -> None:
    times, ids = scan_times(models.session), run_ids(models.session)
    statements: list[str] = []

    @event.listens_for(models_db.engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    last_changes(models, ids, times)

    assert len(ids) > 1
    assert len(statements) == 2


def test_a_change_is_told_with_what_was_before() -> None:
    gone = ChangedFiles(1, 2, "joint_vcf", "complete", "deleted", 1200)
    dropped = ChangedFiles(1, 2, "bam", "non_existent", "retired", 4)
    again = ChangedFiles(1, 2, "bam", "retired", "non_existent", 4)
    moved = RunChange(1, 2, 1, "complete", "complete", "moved from /disk/old\x1b")

    assert files_change_words(gone) == "1,200 joint VCF: gone (before: there)."
    assert files_change_words(dropped) == "4 BAM: no longer asked for by the sample sheet."
    assert files_change_words(again) == "4 BAM: missing (before: no longer asked for)."
    assert run_change_words(moved) == "The folder was moved from /disk/old\\x1b."
