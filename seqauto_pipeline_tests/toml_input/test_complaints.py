"""Names and expectations in complaints of what people wrote."""

from seqauto_pipeline.toml_input.complaints import expected, name_of


def test_a_value_in_a_list_is_named_by_its_number_from_one():
    assert name_of(("scan_roots", 0, "path")) == "scan_roots.1.path"


def test_what_was_expected_has_its_limits():
    assert expected("greater_than_equal", {"ge": 1}) == "at least 1"
    assert expected("literal_error", {"expected": "'a' or 'b'"}) == "'a' or 'b'"


def test_a_user_of_the_words_can_bring_its_own():
    own = {"model_type": "a path, or a table"}

    assert expected("model_type", {}, own) == "a path, or a table"
    assert expected("model_type", {}) == "something else"
