"""The reads of a run are told from its stored facts as they were from its RunInfo."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.stored_facts import reads_in
from seqauto_pipeline_tests.core.runs import RUN_INFO, parsed, run_with
from seqauto_pipeline_tests.db.store.life import Life

SINGLE = RUN_INFO.replace('<Read Number="3" NumCycles="151" IsIndexedRead="N"/>', "")


@pytest.mark.parametrize(
    ("run_info", "cycles"),
    [(RUN_INFO, [151, 8, 151]), (SINGLE, [151, 8]), (None, [])],
)
def test_reads_are_read_again_as_they_were_stored(
    *, engine: Engine, run_info: str | None, cycles: list[int]
):
    listing = run_with(run_info=run_info)
    life = Life(engine)

    life.sees(listing)

    with Session(engine) as session:
        run = session.scalars(select(SequencingRun)).one()
        assert reads_in(run.facts) == parsed(listing).facts.reads
    assert [read.cycles for read in life.loaded.stored.reads or ()] == cycles


def test_facts_of_a_run_that_was_never_judged_have_no_reads():
    assert reads_in({}) is None
