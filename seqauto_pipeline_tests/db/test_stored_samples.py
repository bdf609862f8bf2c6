"""A row of a sheet is the same value after it was stored, whichever way it is read."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from seqauto_pipeline.core.sheet.sample_sheet import SheetSample
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample
from seqauto_pipeline.db.models import SequencingSample
from seqauto_pipeline.db.stored_samples import judged_sample, sample_row, sheet_sample

FULL = JudgedSample(
    sample=SheetSample(
        line=17,
        lane=2,
        sample_id="007",
        sample_name="S7",
        sample_project="haem",
        sample_number=3,
        index="ACGT",
        index2="TTGG",
        failed=True,
        enrichment_kit="exome_v2",
        extra=(("Operator", "AB"), ("Ward", "")),
        override_cycles="Y151;I8;I8;Y151",
        barcode_mismatches=(0, None),
    ),
    is_control=True,
    automatically_process=False,
    enrichment_kit="exome_v2",
)
PLAIN = JudgedSample(
    sample=SheetSample(
        line=18,
        lane=None,
        sample_id="8",
        sample_name="8",
        sample_project=None,
        sample_number=4,
        index=None,
        index2=None,
        failed=False,
        enrichment_kit=None,
    ),
    is_control=False,
    automatically_process=True,
    enrichment_kit="of_the_directory",
)


@pytest.fixture
def session() -> Iterator[Session]:
    """Open a session on a table of samples alone: the sheets they belong to do not matter here."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    SequencingSample.__table__.create(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize("judged", [FULL, PLAIN], ids=["all columns", "as few as can be"])
def test_what_is_stored_of_a_sample_is_read_again_whole(session: Session, judged: JudgedSample):
    session.execute(insert(SequencingSample).values(id=1, **sample_row(5, 1, judged)))

    record = session.scalars(select(SequencingSample)).one()
    row = session.execute(select(SequencingSample.__table__)).one()

    assert judged_sample(record) == judged_sample(row._mapping) == judged
    assert sheet_sample(record) == sheet_sample(row._mapping) == judged.sample
