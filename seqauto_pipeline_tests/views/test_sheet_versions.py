import pytest

from seqauto_pipeline.views.finding import NotFoundError, one_run
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.sheet_versions import version_difference, versions_of
from seqauto_pipeline_tests.cli.conftest import EXOME


def test_versions_count_samples_and_rows(models: OpenModels) -> None:
    versions = versions_of(models, one_run(models, EXOME))

    assert [(each.sheet.version, each.samples, each.rows) for each in versions] == [
        (1, 2, 2),
        (2, 4, 5),
    ]
    assert [each.first_scan.id for each in versions] == [1, 4]


def test_without_numbers_the_current_version_is_compared_with_the_one_before(
    models: OpenModels,
) -> None:
    difference = version_difference(models, one_run(models, EXOME), None, None)

    assert (difference.before.version, difference.after.version) == (1, 2)
    assert difference.samples.removed == ("S0",)
    assert "+1,S1,ACGT" in list(difference.text_lines())


def test_versions_may_be_compared_backwards(models: OpenModels) -> None:
    difference = version_difference(models, one_run(models, EXOME), 2, 1)

    assert difference.samples.added == ("S0",)


def test_a_version_compared_with_itself_has_the_same_text(models: OpenModels) -> None:
    difference = version_difference(models, one_run(models, EXOME), 2, 2)

    assert list(difference.text_lines()) == ["(only in its encoding or line ends)"]


def test_a_version_that_is_not_there_is_refused(models: OpenModels) -> None:
    with pytest.raises(NotFoundError, match="has no sheet version 7; there is 1, 2"):
        version_difference(models, one_run(models, EXOME), 7, None)
