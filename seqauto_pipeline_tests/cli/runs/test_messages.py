import csv
import io
import json

from seqauto_pipeline_tests.cli.conftest import EXOME, ModelsDb, Run


def test_open_messages_are_listed_by_run_with_what_to_do(seqauto: Run, models_db: ModelsDb) -> None:
    output = seqauto("messages").output

    assert "The scan as a whole\n  error ROOT_UNAVAILABLE [7] /gone" in output
    assert "EMPTY_FILE [2] 1_BAM/S2.hg38.bam" in output
    assert "To do: do 2" in output
    assert "SHEET_CHANGED" not in output
    assert "SHEET_MISSING" not in output
    assert "5 messages." in output


def test_closed_and_acknowledged_messages_are_listed_on_request(
    seqauto: Run, models_db: ModelsDb
) -> None:
    output = seqauto("messages", "--all", "--run", EXOME).output

    assert "acknowledged by Ann: as ordered" in output
    assert "closed 2026-01-02 16:30:00 by scan 2" in output


def test_messages_are_narrowed_by_run_severity_and_code(seqauto: Run, models_db: ModelsDb) -> None:
    errors = json.loads(
        seqauto("messages", "--run", EXOME, "--severity", "error", "--format", "json").stdout
    )
    by_code = json.loads(seqauto("messages", "--code", "ragged_row", "--format", "json").stdout)
    unknown = seqauto("messages", "--code", "NO_SUCH").output

    assert [message["code"] for message in errors] == ["EMPTY_FILE"]
    assert errors[0]["path"] == f"{models_db.exome}/1_BAM/S2.hg38.bam"
    assert [message["column"] for message in by_code] == ["index"]
    assert "No message has the code NO_SUCH; there are EMPTY_FILE," in unknown


def test_messages_are_those_of_the_runs_that_have_a_sample(
    seqauto: Run, models_db: ModelsDb
) -> None:
    found = json.loads(seqauto("messages", "--sample", "S2", "--format", "json").stdout)
    for_all = seqauto("messages", "ack", "--sample", "S2", "--why", "no")

    assert {message["sequencing_run"] for message in found} == {EXOME}
    assert for_all.exit_code == 2


def test_csv_of_messages_has_a_row_for_each(seqauto: Run, models_db: ModelsDb) -> None:
    rows = list(csv.DictReader(io.StringIO(seqauto("messages", "--format", "csv").stdout)))

    assert len(rows) == 5
    assert {row["open"] for row in rows} == {"true"}


def test_an_acknowledged_message_is_quiet(seqauto: Run, models_db: ModelsDb) -> None:
    result = seqauto("messages", "ack", "1", "--by", "Bo", "--why", "archived")

    after = seqauto("messages", "--run", EXOME).output
    shown = seqauto("messages", "show", "1").output
    assert "Acknowledged: READ_2_MISSING [1]" in result.output
    assert "READ_2_MISSING" not in after
    assert "acknowledged by Bo: archived" in shown


def test_one_message_is_text_for_people_and_json_for_programs(
    seqauto: Run, models_db: ModelsDb
) -> None:
    listed = seqauto("messages", "--run", EXOME).output
    shown = seqauto("messages", "show", "1").output.splitlines()
    for_programs = json.loads(seqauto("messages", "show", "1", "--format", "json").stdout)

    assert shown[0] == str(models_db.exome)
    assert "READ_2_MISSING [1]" in shown[1]
    assert "\n".join(shown[1:]) in listed
    assert for_programs["code"] == "READ_2_MISSING"
    assert not any("{" in line for line in shown)


def test_an_acknowledgement_ends_with_its_day(seqauto: Run, models_db: ModelsDb) -> None:
    past = seqauto("messages", "ack", "1", "--by", "Bo", "--why", "x", "--until", "2020-01-01")
    future = seqauto("messages", "ack", "1", "--by", "Bo", "--why", "x", "--until", "2999-12-31")

    assert past.exit_code == 2
    assert "--until 2020-01-01 is past: today is" in past.output
    assert future.exit_code == 0
    assert ", until 2999-12-31)" in seqauto("messages", "show", "1").output


def test_an_acknowledgement_needs_a_name_a_reason_and_an_open_message(
    seqauto: Run, models_db: ModelsDb
) -> None:
    nameless = seqauto("messages", "ack", "1", "--by", " ", "--why", "x")
    closed = seqauto("messages", "ack", "4", "--by", "Bo", "--why", "x")
    unknown = seqauto("messages", "ack", "99", "--by", "Bo", "--why", "x")

    assert "--by is empty: say who." in nameless.output
    assert "Message 4 was closed" in closed.output
    assert "No message has the number 99" in unknown.output
    assert {nameless.exit_code, closed.exit_code, unknown.exit_code} == {2}


def test_one_bad_number_leaves_the_others_as_they_were(seqauto: Run, models_db: ModelsDb) -> None:
    seqauto("messages", "ack", "1", "99", "--by", "Bo", "--why", "x")

    assert "READ_2_MISSING" in seqauto("messages").output
