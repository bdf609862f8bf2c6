from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.views.web_ui import asset_path, partition_of, run_path, scan_path
from seqauto_pipeline.views.words import file_state_words, listed, run_state_words, type_words


def test_every_state_has_words_without_an_underscore():
    words = [
        *(file_state_words(state) for state in (*DataState, ARCHIVED)),
        *map(run_state_words, RunState),
    ]

    assert not [each for each in words if "_" in each]
    assert file_state_words("non_existent") == "missing"
    assert run_state_words("deleted") == "gone"


def test_a_file_type_of_a_layout_of_ones_own_is_said_with_blanks():
    assert [type_words(each) for each in ("vcf", "joint_vcf", "my_cnv\x1b")] == [
        "VCF",
        "joint VCF",
        "my cnv\\x1b",
    ]


def test_words_are_listed_as_in_a_sentence():
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_paths_of_the_web_ui_are_quoted_and_runs_of_one_name_have_their_own():
    assert asset_path("qc") == "/assets/qc"
    assert scan_path("abc") == "/runs/abc"
    assert run_path("/data", "kit/a b") == (
        "/assets/sequencing_runs?view=partitions&partition=a%20b%20in%20%2Fdata%2Fkit"
    )
    assert partition_of("/data", "x/a") != partition_of("/data", "y/a")
    assert "..." not in partition_of("/data", "x/a...b")
