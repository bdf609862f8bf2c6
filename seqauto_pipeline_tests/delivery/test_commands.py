"""`seqauto deliveries` and `seqauto deliver`, as a person uses them."""

import json
from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner, Result

from seqauto_pipeline.cli import fit, tables
from seqauto_pipeline.cli.main import main
from seqauto_pipeline_tests.delivery.api import TOKEN, Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab

Run = Callable[..., Result]


@pytest.fixture
def seqauto(lab: SendingLab, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the program for a laboratory with one run that lacks the BAM of its second sample."""
    run = lab.run().complete()
    run.remove("bam", "S2")
    assert lab.scan().error is None
    for name, value in {**lab.environ, "DAGSTER_HOME": str(lab.home)}.items():
        monkeypatch.setenv(name, value)
    return lambda *command: CliRunner().invoke(main, command)


def test_things_are_shown_previewed_sent_and_explained(
    seqauto: Run, lab: SendingLab, api: Api
) -> None:
    preview = seqauto("deliver", "--dry-run")
    assert api.sent == []
    lines = [line for line in preview.stdout.splitlines() if line.startswith("POST ")]
    sent = seqauto("deliver")
    assert (sent.exit_code, preview.exit_code) == (0, 0)
    assert [line.rpartition("/api/v1/")[2] for line in lines] == [path for _, path in api.sent]
    assert "11 delivered (11 requests)" in sent.stdout
    assert TOKEN not in preview.output + sent.output

    explained = seqauto("deliveries", "--explain", lab.run().name).stdout
    assert "waits on the disk for its BAM, which is non_existent" in explained
    assert f"waits for sequencing_files {lab.run().name}/S2" in explained
    counts = json.loads(seqauto("deliveries", "--format", "json").stdout)
    assert {each["state"] for each in counts} == {"delivered", "waiting"}
    listed = seqauto("deliveries", "--state", "waiting", "--kind", "gene_list", "--format", "csv")
    assert len(listed.stdout.splitlines()) == 2
    of_run = json.loads(seqauto("deliveries", "--run", lab.run().name, "--format", "json").stdout)
    assert {each["sequencing_run"] for each in of_run} == {lab.run().name}
    assert seqauto("deliveries", "--sample", "S2", "--format", "json").stdout.count('"key"') > 0
    assert json.loads(seqauto("deliveries", "--flag", "bad", "--format", "json").stdout) == []
    mistyped = seqauto("deliveries", "--kit", "no_such_kit")
    assert mistyped.exit_code == 2
    assert "No kit is called 'no_such_kit'" in mistyped.stderr


def test_parked_things_are_listed_with_the_servers_words_and_tried_again(
    seqauto: Run, lab: SendingLab, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQAUTO_DELIVERY_ATTEMPTS", "1")
    api.control(tables={"poison": ["S1.hg38.bam"]})
    failed = seqauto("deliver")
    assert failed.exit_code == 1
    assert "1 parked" in failed.stdout
    assert "HTTP 500: a web page" in seqauto("deliveries", "--state", "parked").stdout

    api.control(tables={"poison": []})
    again = seqauto("deliver", "--retry", "--run", lab.run().name)

    assert again.exit_code == 0
    assert "1 thing to try again." in again.stderr


@pytest.mark.parametrize("columns", [40, 80])
def test_no_line_is_wider_than_the_terminal(
    seqauto: Run, lab: SendingLab, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "is_terminal", lambda: True)
    monkeypatch.setattr(fit, "terminal_columns", lambda: columns)
    monkeypatch.setattr(tables, "terminal_columns", lambda: columns)

    for command in (("deliveries",), ("deliveries", "--explain", lab.run().name)):
        lines = map(click.unstyle, seqauto(*command).stdout.splitlines())
        assert [line for line in lines if len(line) > columns] == []


def test_without_a_receiver_the_commands_say_what_to_set(
    seqauto: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQAUTO_VARIANTGRID_URL", "")

    refused = seqauto("deliver")

    assert refused.exit_code == 1
    assert "No receiver is configured" in refused.stderr


def test_a_run_narrows_a_retry_only(seqauto: Run) -> None:
    assert seqauto("deliver", "--run", "RUN").exit_code == 2
