"""One value for all lists: what it keeps of runs and of files."""

import pytest
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import SequencingSample
from seqauto_pipeline.db.queries.files import files_of
from seqauto_pipeline.db.queries.runs import run_ids
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.db.session import write_session
from seqauto_pipeline_tests.cli.conftest import (
    ModelsDb,
    empty_database,
    models_db,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Selection(), {1, 2, 3, 4}),
        (Selection(runs=(4, 1)), {1, 4}),
        (Selection(runs=()), set()),
        (Selection(kits=("IDT_HAEM",)), {2, 4}),
        (Selection(flags=("hidden", "gold_standard")), {1, 2}),
        (Selection(run_states=("error", "deleted")), {3, 4}),
        (Selection(samples=("S0",)), {1}),
        (Selection(types=("vcf",), states=("running",)), {1}),
        (Selection(types=("bam",), states=("running",)), set()),
        (Selection(since=2), {1, 4}),
        (Selection(since=4), set()),
    ],
)
def test_runs_meet_all_conditions(session: Session, chosen: Selection, expected: set[int]) -> None:
    assert set(run_ids(session, chosen)) == expected


def test_files_follow_the_kit_and_project_of_their_sample(models_db: ModelsDb) -> None:
    with write_session(models_db.engine) as session:
        sample = session.get(SequencingSample, 5)
        assert sample is not None
        sample.enrichment_kit, sample.sample_project = "other", "P1"
        session.flush()

        of_kit = files_of(session, (1,), Selection(kits=("other",)))
        of_project = files_of(session, (1,), Selection(projects=("P1",)))
        of_run = files_of(session, (1,), Selection(kits=("idt_exome",)))

        assert {file.sample_name for file in of_kit} == {"S2"}
        assert of_project == of_kit
        assert {"S2"}.isdisjoint({file.sample_name for file in of_run})
        assert None in {file.sample_name for file in of_run}  # those of the whole run
        assert run_ids(session, Selection(kits=("other",))) == (1,)


def test_files_are_those_that_later_scans_changed(session: Session) -> None:
    files = files_of(session, (1,), Selection(since=2))

    assert {file.id for file in files} == {1, 4, 7}
