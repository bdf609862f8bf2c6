"""`seqauto messages ack` and `unack`: one or many, not in silence, and not before it is stored."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import update

from seqauto_pipeline.cli.models_db import writing
from seqauto_pipeline.cli.runs import acknowledge
from seqauto_pipeline.db.models import Message
from seqauto_pipeline.errors import DatabaseUnavailableError
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline_tests.cli.conftest import EXOME, TWICE, ModelsDb, Run

ALL_OF_EXOME = {"READ_2_MISSING", "EMPTY_FILE", "RAGGED_ROW"}


def open_codes(seqauto: Run, *options: str) -> list[str]:
    found = json.loads(seqauto("messages", *options, "--format", "json").stdout)
    return [message["code"] for message in found]


def test_an_acknowledgement_is_not_replaced_in_silence(seqauto: Run, models_db: ModelsDb) -> None:
    seqauto("messages", "ack", "1", "--by", "Ann", "--why", "archived", "--until", "2999-12-31")

    refused = seqauto("messages", "ack", "1", "2", "--by", "Bo", "--why", "known")
    kept = json.loads(seqauto("messages", "show", "1", "--format", "json").stdout)
    replaced = seqauto("messages", "ack", "1", "--by", "Bo", "--why", "known", "--replace")

    assert refused.exit_code == 2
    assert "Message 1 is acknowledged by Ann: archived (20" in refused.output
    assert ", until 2999-12-31). To say something else in its place: --replace." in refused.output
    assert "EMPTY_FILE" in open_codes(seqauto)
    assert kept["acknowledged_by"] == "Ann"
    assert replaced.exit_code == 0
    assert "acknowledged by Bo: known" in seqauto("messages", "show", "1").output


def test_an_acknowledgement_that_has_ended_may_be_given_anew(
    seqauto: Run, models_db: ModelsDb
) -> None:
    with models_db.engine.begin() as connection:
        ended = update(Message).where(Message.id == 3)
        connection.execute(ended.values(acknowledged_until=Message.acknowledged_at))

    assert seqauto("messages", "ack", "3", "--by", "Bo", "--why", "still so").exit_code == 0


def test_an_acknowledgement_is_taken_back_and_its_history_shown(
    seqauto: Run, models_db: ModelsDb
) -> None:
    seqauto("messages", "ack", "1", "--by", "Ann", "--why", "archived")

    back = seqauto("messages", "unack", "1", "--by", "Bo", "--why", "it is not")
    again = seqauto("messages", "unack", "1", "--by", "Bo")

    assert back.output == "No longer acknowledged: READ_2_MISSING [1] text 1\n"
    assert again.exit_code == 2
    assert "Nobody has acknowledged message 1." in again.output
    assert "READ_2_MISSING" in open_codes(seqauto)
    shown = seqauto("messages", "show", "1").output.splitlines()
    assert shown[-2].endswith("acknowledgement on, by Ann: archived")
    assert shown[-1].endswith("acknowledgement off, by Bo: it is not")
    history = json.loads(seqauto("messages", "show", "1", "--format", "json").stdout)
    assert [(each["on"], each["by"]) for each in history["acknowledgements"]] == [
        (True, "Ann"),
        (False, "Bo"),
    ]


def test_all_messages_of_a_kit_are_acknowledged_and_taken_back_at_once(
    seqauto: Run, models_db: ModelsDb
) -> None:
    done = seqauto("messages", "ack", "--kit", "IDT_exome", "--why", "archived")
    left = open_codes(seqauto)
    back = seqauto("messages", "unack", "--kit", "idt_exome", "--why", "mistaken")

    assert done.output.count("Acknowledged: ") == 4
    assert done.output.endswith("\n4 messages.\n")
    assert left == ["ROOT_UNAVAILABLE"]
    assert back.output.count("No longer acknowledged: ") == 5  # one of them by Ann, before


@pytest.mark.parametrize(
    ("options", "gone"),
    [
        (("--run", EXOME), ALL_OF_EXOME),
        (("--code", "ragged_row"), {"RAGGED_ROW"}),
        (("--type", "BAM"), {"EMPTY_FILE"}),
        (("--type", "vcf"), {"RAGGED_ROW"}),
        (("--kit", "idt_exome", "--type", "fastq"), {"READ_2_MISSING"}),
        (("--run", f"idt_exome/{TWICE}", "--code", "SHEET_NOT_A_SHEET"), {"SHEET_NOT_A_SHEET"}),
    ],
)
def test_messages_are_chosen_as_they_are_listed(
    seqauto: Run, models_db: ModelsDb, options: tuple[str, ...], gone: set[str]
) -> None:
    with models_db.engine.begin() as connection:
        of_vcfs = update(Message).where(Message.code == "RAGGED_ROW")
        connection.execute(of_vcfs.values(key="RAGGED_ROW:vcf:4"))
    before = set(open_codes(seqauto))
    listed = open_codes(seqauto, *options)

    result = seqauto("messages", "ack", *options, "--why", "known")

    assert result.exit_code == 0
    assert set(listed) == gone == before - set(open_codes(seqauto))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say which messages: their numbers, or else --run, --kit, --type or --code."),
        (("1", "--code", "EMPTY_FILE"), "Say which messages: their numbers, or else"),
        (("--kit", "idt_exom"), "No kit is called 'idt_exom'; did you mean idt_exome or"),
        (("--type", "bma"), "No file type is called 'bma'; did you mean bam?"),
        (("--type", "q"), "No file type is called 'q'. Known file types: bam, exec_summary,"),
        (("--run", f"{EXOME}x"), "No sequencing run is called"),
        (("--code", "NO_SUCH"), "message of that kind. See: seqauto messages --all"),
    ],
)
def test_a_choice_of_nothing_is_an_error(
    seqauto: Run, models_db: ModelsDb, arguments: tuple[str, ...], words: str
) -> None:
    for command in (("ack", "--why", "x"), ("unack",)):
        result = seqauto("messages", *command, *arguments)

        assert result.exit_code == 2
        assert words in result.output
        assert "cknowledged:" not in result.output


def test_nothing_is_said_to_be_done_that_could_not_be_stored(
    seqauto: Run, models_db: ModelsDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def failing() -> Iterator[OpenModels]:
        with writing() as models:
            yield models
            raise DatabaseUnavailableError("sqlite:///x", "database or disk is full")

    monkeypatch.setattr(acknowledge, "writing", failing)

    for command in (("ack", "1", "--why", "x"), ("unack", "3")):
        result = seqauto("messages", *command)

        assert result.exit_code == 1
        assert result.output.startswith("Error: Cannot use the models database")
        assert "cknowledged" not in result.output
