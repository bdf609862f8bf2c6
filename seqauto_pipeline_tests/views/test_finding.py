import pytest

from seqauto_pipeline.views.finding import (
    NotFoundError,
    nothing_found,
    one_run,
    one_scan,
    runs_called,
)
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import EXOME, TWICE, ModelsDb


@pytest.mark.parametrize("form", [EXOME, f"idt_exome/{EXOME}", f"idt_exome/{EXOME}/"])
def test_a_run_is_found_by_its_name_and_by_its_path_below_the_root(
    models: OpenModels, form: str
) -> None:
    assert one_run(models, form).id == 1


def test_a_run_is_found_by_its_absolute_path(models: OpenModels, models_db: ModelsDb) -> None:
    assert one_run(models, models_db.exome).id == 1


def test_a_name_in_two_places_asks_for_the_path(models: OpenModels, models_db: ModelsDb) -> None:
    with pytest.raises(NotFoundError) as told:
        one_run(models, TWICE)

    assert str(told.value) == (
        f"{TWICE!r} is in 2 places; give the path of the one you mean:\n"
        f"  {models_db.folder('idt_exome', TWICE)}\n  {models_db.folder('idt_haem', TWICE)}"
    )
    assert len(runs_called(models, TWICE)) == 2


def test_an_unknown_run_suggests_the_names_that_are_like_it(models: OpenModels) -> None:
    with pytest.raises(NotFoundError) as told:
        one_run(models, EXOME[:-1])

    assert str(told.value) == (
        f"No sequencing run is called {EXOME[:-1]!r}. Did you mean\n  {EXOME}"
    )


def test_an_unknown_run_like_no_other_points_to_the_list(models: OpenModels) -> None:
    with pytest.raises(NotFoundError, match="See the names with: seqauto runs --all"):
        one_run(models, "x")


def test_a_scan_is_found_by_number_by_the_start_of_its_id_and_as_the_latest(
    models: OpenModels,
) -> None:
    assert [one_scan(models, text).id for text in ("2", "3abc", "latest")] == [2, 3, 4]


def test_a_scan_that_is_not_known_points_to_the_list(models: OpenModels) -> None:
    with pytest.raises(NotFoundError, match=r"No scan '99'\. See the scans with: seqauto scans"):
        one_scan(models, "99")


def test_an_empty_list_does_not_claim_that_no_scan_has_run(models: OpenModels) -> None:
    assert nothing_found(models, "file like that") == "No file like that."
