from seqauto_pipeline.db.queries.messages import message_by_id
from seqauto_pipeline.db.queries.runs import run_by_id
from seqauto_pipeline.views.messages import (
    MESSAGE_COLUMNS,
    message_as_json,
    message_path,
    message_row,
)
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import ModelsDb


def test_a_row_and_an_object_say_the_same(models: OpenModels) -> None:
    message, run = message_by_id(models.session, 3), run_by_id(models.session, 1)
    assert message is not None

    row = dict(zip(MESSAGE_COLUMNS, message_row(message, run, models.now), strict=True))

    given = message_as_json(message, run, models.now)
    assert row == {name: given[name] for name in MESSAGE_COLUMNS}
    assert (row["open"], row["acknowledged_by"]) == (False, "Ann")


def test_the_path_of_a_message_is_absolute(models: OpenModels, models_db: ModelsDb) -> None:
    run = run_by_id(models.session, 1)
    of_file, of_folder, of_root = (message_by_id(models.session, number) for number in (1, 4, 7))
    assert of_file is not None
    assert of_folder is not None
    assert of_root is not None

    assert message_path(of_file, run) == f"{models_db.exome}/0_fastq/S1_R1.fastq.gz"
    assert message_path(of_folder, run) == models_db.exome
    assert message_path(of_root, None) == "/gone"
