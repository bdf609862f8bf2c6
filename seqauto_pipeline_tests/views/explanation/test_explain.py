import pytest
from sqlalchemy import text

from seqauto_pipeline.db.session import write_session
from seqauto_pipeline.views.explanation import Explanation, explain_path, explain_sample
from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import EXOME, ModelsDb


def _texts(explanation: Explanation, label: str) -> list[str]:
    return [fact.text for fact in explanation.facts if fact.label == label]


def test_the_state_stands_apart_from_what_it_means(models: OpenModels, models_db: ModelsDb) -> None:
    (explanation,) = explain_path(models, f"{models_db.exome}/0_fastq/S1_R2.fastq.gz")

    state = explanation.facts[0]
    assert (state.label, state.state) == ("state", "non_existent")
    assert state.text == ": it was not found, and no scan ever saw it"
    assert explanation.has_record


def test_each_file_of_a_type_has_an_explanation(models: OpenModels, models_db: ModelsDb) -> None:
    found = explain_sample(models, "00S2", "fastq", None)

    assert [each.title for each in found] == [
        f"{models_db.exome}/0_fastq/00S2_R1.fastq.gz",
        f"{models_db.exome}/0_fastq/00S2_R2.fastq.gz",
    ]


def test_only_a_file_that_is_not_there_is_held_against_names_that_are(models: OpenModels) -> None:
    there, gone = explain_sample(models, "S2", "fastq", None)

    assert _texts(there, "elsewhere") == []
    assert _texts(gone, "elsewhere") == [
        "2_variants/00S2_R2.fastq.gz: the same name, in another directory"
    ]


def test_a_path_that_nothing_expects_has_no_record(models: OpenModels, models_db: ModelsDb) -> None:
    (explanation,) = explain_path(models, f"{models_db.exome}/0_fastq/s1_R1.fastq.gz")

    near = [fact for fact in explanation.facts if fact.label == "expected"]
    assert not explanation.has_record
    assert (near[0].before, near[0].state) == ("0_fastq/S1_R1.fastq.gz is ", "complete")


def test_a_candidate_that_was_not_chosen_is_named(models: OpenModels, models_db: ModelsDb) -> None:
    with write_session(models_db.engine) as session:
        session.execute(text("UPDATE sequencing_sample SET index2 = 'TTTT' WHERE id = 5"))
    path = f"{models_db.exome}/0_fastq/00S2_AHNLYFBGXG_GGGG-TTTT_L001_R1.fastq.gz"

    (explanation,) = explain_path(models, path)

    (words,) = _texts(explanation, "candidate")
    assert "gives it for fastq of sample S2; another pattern was chosen there" in words


def test_a_control_has_no_record_and_the_reason_is_told(models: OpenModels) -> None:
    (explanation,) = explain_sample(models, "NTC", "bam", None)

    assert explanation.title == f"NTC bam in {EXOME}"
    assert _texts(explanation, "sample") == ["a control, or failed: nothing is expected of it"]
    assert _texts(explanation, "candidate") == ["1_BAM/NTC.hg38.bam: not there"]


def test_a_sample_that_left_the_sheet_is_said_to_have_left(models: OpenModels) -> None:
    (explanation,) = explain_sample(models, "S0", "vcf", None)

    assert _texts(explanation, "sheet") == ["version 2, the current one, does not name it"]


@pytest.mark.parametrize("path", ["/nowhere/x.bam", "/"])
def test_a_path_in_no_run_is_refused(models: OpenModels, path: str) -> None:
    with pytest.raises(NotFoundError, match="lies in no sequencing run that is known"):
        explain_path(models, path)


def test_a_type_that_the_layout_does_not_have_is_refused(models: OpenModels) -> None:
    with pytest.raises(NotFoundError, match="has no file type 'cram'"):
        explain_sample(models, "S1", "cram", None)
