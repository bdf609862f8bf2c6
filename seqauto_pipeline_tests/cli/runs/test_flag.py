import json

import pytest
from sqlalchemy import update

from seqauto_pipeline.db.models import Annotation
from seqauto_pipeline.db.models.sequencing import FLAGS
from seqauto_pipeline_tests.cli.conftest import EXOME, TWICE, ModelsDb, Run, scan_time


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


def test_a_flag_keeps_who_when_and_why_and_its_history(seqauto: Run, models_db: ModelsDb) -> None:
    seqauto("flag", EXOME, "bad", "--on", "--by", "Ann", "--why", "low yield")
    seqauto("flag", EXOME, "bad", "--off", "--by", "Bo")

    for_programs = json.loads(seqauto("run", EXOME, "--format", "json").output)
    exported = json.loads(seqauto("export", "--format", "json", "--run", EXOME).output)
    page = seqauto("run", EXOME).output.splitlines()
    logged = json.loads(seqauto("log", EXOME, "--format", "json").output)

    said = for_programs["annotations"]
    assert [(each["what"], each["on"], each["by"], each["why"]) for each in said] == [
        ("bad", True, "Ann", "low yield"),
        ("bad", False, "Bo", None),
    ]
    assert said[0]["at"].endswith("+00:00")
    assert exported["sequencing_runs"][0]["annotations"] == said == logged["annotations"]
    assert page[-3] == "What people said of it"
    assert page[-2].endswith("  bad on, by Ann: low yield")
    assert page[-1].endswith("  bad off, by Bo")


def test_a_flag_that_was_set_already_adds_nothing(seqauto: Run, models_db: ModelsDb) -> None:
    seqauto("flag", EXOME, "gold_standard", "--on", "--by", "Ann")

    page = json.loads(seqauto("run", EXOME, "--format", "json").output)

    assert page["annotations"] == []


def test_the_log_of_a_run_tells_what_people_said_between_its_scans(
    seqauto: Run, models_db: ModelsDb
) -> None:
    seqauto("flag", EXOME, "bad", "--on", "--by", "Ann")
    with models_db.engine.begin() as connection:
        connection.execute(update(Annotation).values(at=scan_time(3)))

    lines = seqauto("log", EXOME).output.splitlines()

    told = [line for line in lines if "scan " in line or "by Ann" in line]
    assert [line.split()[-1] for line in told] == ["1", "2", "Ann", "4"]
