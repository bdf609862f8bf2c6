import json
from collections.abc import Callable

import pytest

from seqauto_pipeline_tests.cli.conftest import EXOME, TWICE, ModelsDb, Run

COMMANDS = (
    ("runs", "--all"),
    ("runs", "--format", "json"),
    ("run", EXOME),
    ("files", "--state", "deleted", "--format", "csv"),
    ("files", "--sample", "00S2"),
    ("files", "--unexpected"),
    ("files", "--as-of", "2", "--format", "json"),
    ("files", "--since", "2", "--kit", "IDT_exome", "--type", "bam", "--type", "fastq"),
    ("runs", "--as-of", "2026-01-02", "--format", "json"),
    ("runs", "--since", "2", "--state", "deleted"),
    ("runs", "--run", "hnlyfbgxg", "--sample", "S1", "--flag", "gold_standard"),
    ("run", EXOME, "--as-of", "2"),
    ("diff", "2026-01-04", "--kit", "idt_exome", "--type", "bam"),
    ("log", EXOME, "--type", "bam", "--since", "2"),
    ("export", "--format", "json"),
    ("export", "--format", "csv"),
    ("messages", "--all"),
    ("log", EXOME),
    ("log", "S1"),
    ("diff", "latest"),
    ("diff", "1", "4", "--format", "json"),
    ("explain", "S1", "fastq"),
    ("sheet", "diff", EXOME),
    ("sheet", "log", EXOME),
)


def _said(seqauto: Run, command: tuple[str, ...]) -> object:
    """What a command says; of JSON the value, for PostgreSQL keeps keys in its own order."""
    result = seqauto(*command)
    assert result.exit_code == 0, result.output
    return json.loads(result.output) if command[-1] == "json" else result.output


@pytest.mark.postgres
def test_every_command_says_the_same_on_postgresql(
    seqauto: Run, models_db: ModelsDb, models_on_postgres: Callable[[], None]
) -> None:
    on_sqlite = [_said(seqauto, command) for command in COMMANDS]

    models_on_postgres()

    assert [_said(seqauto, command) for command in COMMANDS] == on_sqlite


@pytest.mark.postgres
def test_acknowledgements_and_flags_are_stored_on_postgresql(
    seqauto: Run, models_db: ModelsDb, models_on_postgres: Callable[[], None]
) -> None:
    models_on_postgres()

    acknowledged = seqauto("messages", "ack", "2", "--by", "Bo", "--why", "known")
    flagged = seqauto("flag", f"idt_haem/{TWICE}", "hidden", "--on")

    assert acknowledged.exit_code == flagged.exit_code == 0
    assert "EMPTY_FILE" not in seqauto("messages").output
    assert "2 hidden runs left out" in seqauto("runs").output


@pytest.mark.postgres
def test_a_server_without_models_says_to_scan(
    seqauto: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", postgres_url)

    result = seqauto("runs")

    assert result.exit_code == 1
    assert "has no file models yet" in result.output
