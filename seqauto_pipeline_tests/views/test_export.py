import json

from seqauto_pipeline.views.export import (
    EXPORT_COLUMNS,
    exported_rows,
    exported_run_as_json,
    exported_runs,
)
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import ModelsDb


def test_what_belongs_to_one_run_is_not_exported_with_another(models: OpenModels) -> None:
    first, third = exported_runs(models, (1, 3))

    assert [message.id for message in first.messages] == [1, 2, 3, 4, 5]
    assert [message.id for message in third.messages] == [6]
    assert (third.sheet, third.samples, third.files) == (None, (), ())


def test_only_contents_with_values_are_quality_figures(models: OpenModels) -> None:
    (exported,) = exported_runs(models, (1,))

    given = json.loads(json.dumps(exported_run_as_json(exported, models.now)))

    assert given["qc"] == [
        {
            "sample_name": "S1",
            "exec_summary": {"Sample": "S1", "Mean": 42.5, "Reads": 7, "Q": None},
        }
    ]
    assert [message["open"] for message in given["messages"]] == [True, True, False, False, True]


def test_each_expected_file_is_a_row_that_begins_with_its_run(
    models: OpenModels, models_db: ModelsDb
) -> None:
    (exported,) = exported_runs(models, (1,))

    rows = [dict(zip(EXPORT_COLUMNS, row, strict=True)) for row in exported_rows(exported)]

    assert len(rows) == len(exported.files) == 11
    assert {row["run_path"] for row in rows} == {models_db.exome}
    assert {row["flags"] for row in rows} == {"gold_standard"}
