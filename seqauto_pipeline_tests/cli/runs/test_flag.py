import json

import pytest

from seqauto_pipeline.db.models.sequencing import FLAGS
from seqauto_pipeline_tests.cli.conftest import EXOME, TWICE, ModelsDb, Run


@pytest.mark.parametrize("name", FLAGS)
def test_each_flag_is_set_and_cleared(seqauto: Run, models_db: ModelsDb, name: str) -> None:
    path = f"idt_exome/{TWICE}"

    on = seqauto("flag", path, name, "--on").output
    flags = json.loads(seqauto("run", path, "--format", "json").output)["flags"]
    off = seqauto("flag", path, name, "--off").output

    assert f"{TWICE}: {name} is on: " in on
    assert flags == [name]
    assert f"{TWICE}: {name} is off: " in off


def test_a_flag_that_is_set_already_is_said_to_be(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("flag", EXOME, "gold_standard", "--on")

    assert "gold_standard was on already" in result.output


def test_a_flag_needs_a_direction_and_one_run(seqauto: Run, models_db: ModelsDb) -> None:
    undecided = seqauto("flag", EXOME, "bad")
    ambiguous = seqauto("flag", TWICE, "bad", "--on")

    assert undecided.exit_code == ambiguous.exit_code == 2
    assert "--on" in undecided.output
    assert "is in 2 places" in ambiguous.output
