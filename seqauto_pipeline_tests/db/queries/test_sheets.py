"""Samples of sheets, found by what people call them."""

from sqlalchemy.orm import Session

from seqauto_pipeline.db.queries.sheets import names_of_sample, runs_with_samples
from seqauto_pipeline_tests.cli.conftest import (
    empty_database,
    models_db,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


def test_a_sample_that_left_its_sheet_is_still_found(session: Session) -> None:
    assert names_of_sample(session, "S0") == ("S0",)
    assert names_of_sample(session, "00S2") == ("S2",)
    assert runs_with_samples(session, ("S0",)) == {1}
