"""Sequencing runs: which, in what order, and by what they are found."""

from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.runs import (
    find_runs,
    in_batches,
    run_folder,
    run_ids,
    run_that_holds,
    runs_by_id,
)
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline_tests.cli.conftest import (
    EXOME,
    MISEQ,
    TWICE,
    ModelsDb,
    empty_database,
    models_db,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


def test_runs_come_newest_first_and_those_without_a_date_last(session: Session) -> None:
    names = [run.path for run in runs_by_id(session, run_ids(session))]

    assert names == [
        f"idt_haem/{MISEQ}",
        f"idt_exome/{EXOME}",
        f"idt_exome/{TWICE}",
        f"idt_haem/{TWICE}",
    ]


def test_a_filter_joins_its_conditions(session: Session) -> None:
    assert run_ids(session, Selection(run_states=("error",), kits=("IDT_EXOME",))) == (3,)
    assert run_ids(session, Selection(run_states=("error",), kits=("idt_haem",))) == ()
    assert run_ids(session, Selection(run_states=("incomplete",)), with_hidden=False) == ()


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


def test_batches_hold_every_id_once() -> None:
    ids = tuple(range(450))

    batches = list(in_batches(ids))

    assert [len(batch) for batch in batches] == [200, 200, 50]
    assert sum(batches, ()) == ids
