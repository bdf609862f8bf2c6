"""Deleted files that a rule of the laboratory covers: how lists count and choose them."""

from dataclasses import replace

import pytest

from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.files import FileRow, files_of
from seqauto_pipeline.db.queries.runs import run_ids
from seqauto_pipeline.settings import ArchivedFiles
from seqauto_pipeline.views.archive import with_archived
from seqauto_pipeline.views.explanation.explain import explain_path
from seqauto_pipeline.views.export import EXPORT_COLUMNS, exported_rows, exported_runs
from seqauto_pipeline.views.files import WantedFiles, file_lines
from seqauto_pipeline.views.matrix import cell_symbols, cell_words
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.run_page import run_page, run_page_as_json
from seqauto_pipeline.views.runs import run_lines
from seqauto_pipeline.views.selecting import Asked, selection_of


def archiving(models: OpenModels, days: int = 180, **facts: str) -> OpenModels:
    rule = ArchivedFiles(
        **({"file_type": "fastq", "kit": "IDT_exome"} | facts), older_than_days=days
    )
    return replace(models, settings=models.settings.model_copy(update={"archived": (rule,)}))


def deleted_run(models: OpenModels) -> SequencingRun:
    (line,) = file_lines(models, WantedFiles(selection_of(models, Asked(states=("deleted",)))))
    return line.run


def chosen(models: OpenModels, *states: str) -> list[str]:
    wanted = WantedFiles(selection_of(models, Asked(states=states)))
    return [f"{line.shown_state} {line.below}" for line in file_lines(models, wanted)]


def test_an_archived_file_is_listed_as_that_and_not_as_deleted(models: OpenModels) -> None:
    assert chosen(models, "deleted") == ["deleted 0_fastq/00S2_R2.fastq.gz"]
    assert chosen(models, "archived") == []

    ours = archiving(models)

    assert chosen(ours, "deleted") == []
    assert chosen(ours, "archived") == ["archived 0_fastq/00S2_R2.fastq.gz"]
    assert len(chosen(ours, "archived", "complete")) == len(chosen(ours, "complete")) + 1


@pytest.mark.parametrize(
    ("rule", "days"),
    [({}, 180), ({"kit": "idt_haem"}, 180), ({"file_type": "bam"}, 180), ({}, 10_000), ({}, 1_958)],
)
def test_the_database_chooses_by_the_same_rule(
    rule: dict[str, str], days: int, models: OpenModels
) -> None:
    ours = archiving(models, days, **rule)
    runs = {run.id: run for run in models.session.query(SequencingRun)}
    marked = with_archived(ours.archive, files_of(models.session, tuple(runs)), runs)

    by_rule = sorted(file.path for file in marked if file.is_archived)

    assert sorted(text.partition(" ")[2] for text in chosen(ours, "archived")) == by_rule


def test_programs_read_the_state_and_beside_it_that_it_is_archived(models: OpenModels) -> None:
    ours = archiving(models)
    run = deleted_run(models)

    (line,) = file_lines(ours, WantedFiles(selection_of(ours, Asked(states=("archived",)))))
    (exported,) = exported_runs(ours, (run.id,))
    rows = [dict(zip(EXPORT_COLUMNS, row, strict=True)) for row in exported_rows(exported)]
    page = run_page_as_json(ours, run_page(ours, run))

    told = line.as_json()
    assert isinstance(told, dict)
    assert (told["data_state"], told["archived"]) == ("deleted", True)
    assert [row["data_state"] for row in rows if row["archived"]] == ["deleted"]
    assert '"archived": True' in str(page).replace("'", '"')


def test_an_archived_file_is_counted_apart_and_does_not_count_as_expected(
    models: OpenModels,
) -> None:
    run = deleted_run(models)
    (before,) = run_lines(models, (run.id,))
    (after,) = run_lines(archiving(models), (run.id,))

    (fastqs,) = (tally for tally in after.files if tally.file_type == "fastq")
    (all_of_them,) = (tally for tally in before.files if tally.file_type == "fastq")

    assert (fastqs.archived, all_of_them.archived) == (1, 0)
    assert fastqs.expected == all_of_them.expected - 1
    assert fastqs.words.endswith("1 archived)")
    assert fastqs.as_json()["states"]["archived"] == 1


def test_the_matrix_shows_it_by_a_letter_of_its_own(models: OpenModels) -> None:
    page = run_page(archiving(models), deleted_run(models))
    (files,) = (row.files["fastq"] for row in page.rows if row.sample_name == "S2")
    archived = [file for file in files if file.is_archived]

    assert cell_symbols(archived) == (("A", "archived"),)
    assert cell_words(archived) == "archived"


def test_an_explanation_says_that_a_rule_covers_it(models: OpenModels) -> None:
    ours = archiving(models)
    (line,) = file_lines(ours, WantedFiles(selection_of(ours, Asked(states=("archived",)))))

    (explanation,) = explain_path(ours, line.path)

    (state,) = (fact for fact in explanation.facts if fact.label == "state")
    assert "the setting `archived` covers it" in state.text


def test_without_a_rule_a_file_is_as_it_is_stored(models: OpenModels) -> None:
    runs = {run.id: run for run in models.session.query(SequencingRun)}
    files = files_of(models.session, run_ids(models.session))

    assert with_archived(models.archive, files, runs) == files
    assert all(isinstance(file, FileRow) and not file.is_archived for file in files)
