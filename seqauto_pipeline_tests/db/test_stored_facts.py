"""What RunInfo and the sheet say is told from stored facts as it was from the files."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.verdict.sample_rows import sheet_facts
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


def test_what_decides_on_the_conversion_is_read_again_as_it_was_stored(engine: Engine):
    sheet = (
        "[Header]\nFileFormatVersion,2\n[BCLConvert_Settings]\nNoLaneSplitting,true\n"
        "[BCLConvert_Data]\nSample_ID,Index\nS1,ACGTACGT\n"
        "[DragenGermline_Settings]\nKeepFastq,FALSE\n[DragenGermline_Data]\nSample_ID\nS1\n"
    )
    mode = "<SecondaryAnalysisMode>Cloud</SecondaryAnalysisMode>"
    listing = run_with(sheet=sheet, run_parameters=f"<RunParameters>{mode}</RunParameters>")
    life = Life(engine)

    life.sees(listing)

    read = parsed(listing).sheet
    assert read is not None
    assert life.loaded.stored.sheet == sheet_facts(read.sheet)
    assert life.loaded.stored.sheet.deleting_fastqs_of("S1") == ("DragenGermline",)
    assert life.loaded.stored.secondary_analysis == "Cloud"
