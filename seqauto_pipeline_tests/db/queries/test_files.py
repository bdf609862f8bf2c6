"""Expected files: narrowed, and counted in one statement."""

from sqlalchemy import event
from sqlalchemy.orm import Session

from seqauto_pipeline.db.queries.files import count_files, files_of
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline_tests.cli.conftest import (
    ModelsDb,
    empty_database,
    models_db,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


def test_counts_of_many_runs_take_one_statement(models_db: ModelsDb, session: Session) -> None:
    statements: list[str] = []

    @event.listens_for(models_db.engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    counts = count_files(session, (1, 2, 3, 4))

    assert len(statements) == 1
    assert sum(count.files for count in counts) == 11


def test_files_are_narrowed_by_type_state_and_sample(session: Session) -> None:
    wanted = Selection(states=("complete",), types=("fastq", "bam"), samples=("S1",))

    assert [file.id for file in files_of(session, (1,), wanted)] == [6, 1]
    assert [file.id for file in files_of(session, (1,), retired=True)] == [8]
