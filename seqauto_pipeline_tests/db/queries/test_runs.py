from collections.abc import Iterator

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Scan, SequencingRun
from seqauto_pipeline.db.queries.history import find_scans, last_scan_of, net_changes
from seqauto_pipeline.db.queries.runs import (
    FileFilter,
    RunFilter,
    count_files,
    count_messages,
    files_of,
    find_runs,
    in_batches,
    names_of_sample,
    run_folder,
    run_ids,
    run_that_holds,
    runs_by_id,
    runs_with_samples,
)
from seqauto_pipeline.db.session import read_session
from seqauto_pipeline_tests.cli.conftest import (
    EXOME,
    MISEQ,
    TWICE,
    ModelsDb,
    empty_database,
    models_db,
    scan_time,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


@pytest.fixture
def session(models_db: ModelsDb) -> Iterator[Session]:
    with read_session(models_db.engine) as session:
        yield session


def test_runs_come_newest_first_and_those_without_a_date_last(session: Session) -> None:
    names = [run.path for run in runs_by_id(session, run_ids(session))]

    assert names == [
        f"idt_haem/{MISEQ}",
        f"idt_exome/{EXOME}",
        f"idt_exome/{TWICE}",
        f"idt_haem/{TWICE}",
    ]


def test_a_filter_joins_its_conditions(session: Session) -> None:
    assert run_ids(session, RunFilter(state="error", kit="IDT_EXOME")) == (3,)
    assert run_ids(session, RunFilter(state="error", kit="idt_haem")) == ()
    assert run_ids(session, RunFilter(state="incomplete")) == ()


def test_counts_of_many_runs_take_one_statement(models_db: ModelsDb, session: Session) -> None:
    statements: list[str] = []

    @event.listens_for(models_db.engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    counts = count_files(session, (1, 2, 3, 4))

    assert len(statements) == 1
    assert sum(count.files for count in counts) == 11


def test_acknowledged_and_closed_messages_are_not_counted(session: Session) -> None:
    counts = count_messages(session, (1,), scan_time(9))

    assert {count.severity: count.messages for count in counts} == {
        "error": 1,
        "warning": 1,
        "info": 1,
    }


def test_a_run_is_found_by_name_path_and_place(models_db: ModelsDb, session: Session) -> None:
    assert len(find_runs(session, TWICE)) == 2
    assert len(find_runs(session, f"idt_haem/{TWICE}")) == 1
    assert len(find_runs(session, f"{models_db.exome}/")) == 1
    assert find_runs(session, EXOME.lower()) == ()


def test_a_path_is_held_by_the_run_above_it(models_db: ModelsDb, session: Session) -> None:
    inside = run_that_holds(session, f"{models_db.exome}/1_BAM/x.bam")
    beside = run_that_holds(session, f"{models_db.exome}_more/x.bam")

    assert inside is not None
    assert inside.id == 1
    assert beside is None


def test_a_root_that_is_the_whole_disk_has_no_double_slash() -> None:
    assert run_folder(SequencingRun(root="/", path="kit/run")) == "/kit/run"


def test_files_are_narrowed_by_type_state_and_sample(session: Session) -> None:
    wanted = FileFilter(states=("complete",), types=("fastq", "bam"), samples=("S1",))

    assert [file.id for file in files_of(session, (1,), wanted)] == [6, 1]
    assert [file.id for file in files_of(session, (1,), FileFilter(retired=True))] == [8]


def test_a_sample_that_left_its_sheet_is_still_found(session: Session) -> None:
    assert names_of_sample(session, "S0") == ("S0",)
    assert names_of_sample(session, "00S2") == ("S2",)
    assert runs_with_samples(session, ("S0",)) == {1}


def test_a_scan_is_found_by_number_start_or_latest(session: Session) -> None:
    assert [scan.id for scan in find_scans(session, "2")] == [2]
    assert [scan.id for scan in find_scans(session, "2ABC")] == [2]
    assert [scan.id for scan in find_scans(session, "latest")] == [4]
    assert find_scans(session, "%") == ()


def test_a_scan_of_other_runs_did_not_cover_a_run(session: Session) -> None:
    session.execute(update(Scan).where(Scan.id == 4).values(applied_at=None))
    exome, miseq = (find_runs(session, name)[0] for name in (EXOME, MISEQ))

    of_exome, of_miseq = last_scan_of(session, exome), last_scan_of(session, miseq)

    assert of_exome is not None
    assert of_miseq is not None
    assert (of_exome.id, of_miseq.id) == (2, 3)


def test_net_changes_leave_out_what_came_back(session: Session) -> None:
    over_all = list(net_changes(session, 1, 4))
    of_one = list(net_changes(session, 1, 2))

    assert [(each.old_state, each.new_state) for each in over_all] == [
        ("complete", "retired"),
        ("complete", "error"),
        ("complete", "deleted"),
    ]
    assert [each.new_state for each in of_one] == ["deleted"]


def test_batches_hold_every_id_once() -> None:
    ids = tuple(range(450))

    batches = list(in_batches(ids))

    assert [len(batch) for batch in batches] == [200, 200, 50]
    assert sum(batches, ()) == ids
