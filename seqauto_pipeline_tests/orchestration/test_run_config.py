import pytest

from seqauto_pipeline.orchestration.run_config import chosen_options, run_config


def test_options_stand_where_they_are_looked_for() -> None:
    config = run_config({"roots": ["/data"], "full": False, "runs": []})

    assert config == {
        "resources": {"options": {"config": {"roots": ["/data"], "full": False, "runs": []}}}
    }
    assert chosen_options(config) == {"roots": ["/data"]}


@pytest.mark.parametrize(
    "config", [None, {}, "text", {"resources": None}, {"resources": {"options": {"config": []}}}]
)
def test_a_configuration_of_another_shape_chooses_nothing(config: object) -> None:
    assert chosen_options(config) == {}
