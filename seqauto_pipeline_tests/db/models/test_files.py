"""Expected files as they are stored, and what is derived from them."""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.db.models import ExpectedFile, UnalignedReads
from seqauto_pipeline_tests.core.runs import RUN_INFO, WHOLE, run_with
from seqauto_pipeline_tests.db.store.life import Life


def pairs(engine: Engine) -> dict[str, DataState]:
    with Session(engine) as session:
        return {
            pair.sample_name: pair.data_state for pair in session.scalars(select(UnalignedReads))
        }


def test_a_pair_of_reads_has_the_worse_state_of_the_two(engine: Engine):
    life = Life(engine)
    life.sees(run_with())

    life.sees(run_with([path for path in WHOLE if path != "fq/S1_R2.fq"]))

    assert pairs(engine) == {"S1": DataState.DELETED, "S2": DataState.COMPLETE}


def test_reports_on_each_read_are_no_reads(engine: Engine):
    life = Life(engine)
    life.sees(run_with())
    with Session(engine) as session, session.begin():
        for file in session.scalars(select(ExpectedFile).where(ExpectedFile.file_type == "bam")):
            file.file_type, file.read = "fastqc", 1

    with Session(engine) as session:
        assert len(session.scalars(select(UnalignedReads)).all()) == 2


def test_a_single_read_has_its_own_state(engine: Engine):
    only_one = RUN_INFO.replace('<Read Number="3" NumCycles="151" IsIndexedRead="N"/>', "")

    Life(engine).sees(
        run_with([path for path in WHOLE if path != "fq/S2_R1.fq"], run_info=only_one)
    )

    assert pairs(engine) == {"S1": DataState.COMPLETE, "S2": DataState.NON_EXISTENT}
