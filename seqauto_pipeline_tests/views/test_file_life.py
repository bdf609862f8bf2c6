import pytest

from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.views.file_life import file_lives, run_life
from seqauto_pipeline.views.finding import NotFoundError, one_run
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import EXOME, MISEQ, ModelsDb


def test_a_path_has_the_life_of_one_file(models: OpenModels, models_db: ModelsDb) -> None:
    lives = file_lives(models, f"{models_db.exome}/0_fastq/S1_R1.fastq.gz")

    assert lives is not None
    (life,) = lives
    assert [change.new_state for change in life.changes] == ["complete", "deleted", "complete"]
    assert sorted(life.scans) == [1, 2, 4]


def test_a_file_that_is_there_was_last_seen_by_the_last_scan_of_its_run(
    models: OpenModels,
) -> None:
    lives = file_lives(models, "S2")

    assert lives is not None
    assert {life.file.id: life.last_seen for life in lives} == {3: 4, 4: 2, 7: 4}


def test_a_sample_may_be_looked_for_in_one_run_only(models: OpenModels) -> None:
    assert file_lives(models, "S2", Selection(runs=(2,))) == ()


def test_the_name_of_a_run_is_no_file(models: OpenModels) -> None:
    assert file_lives(models, EXOME) is None


def test_what_nobody_knows_is_refused(models: OpenModels, models_db: ModelsDb) -> None:
    with pytest.raises(NotFoundError, match="no file, run or sample that is known"):
        file_lives(models, "nobody")
    with pytest.raises(NotFoundError, match="No sheet row ever called for"):
        file_lives(models, f"{models_db.exome}/nothing.bam")


def test_the_life_of_a_run_has_its_scans_once(models: OpenModels) -> None:
    life = run_life(models, one_run(models, EXOME))

    assert sorted(life.scans) == [1, 2, 4]
    assert (len(life.run_changes), len(life.file_changes)) == (1, 9)


def test_a_run_that_never_changed_has_an_empty_life(models: OpenModels) -> None:
    life = run_life(models, one_run(models, MISEQ))

    assert (life.run_changes, life.file_changes, life.scans) == ((), (), {})
