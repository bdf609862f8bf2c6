"""Lists fit the terminal: no line is wider, and no letter stands in a column of its own."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import Result

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.monitoring.alerts import Said
from seqauto_pipeline.monitoring.memory import keep, remembering
from seqauto_pipeline_tests.cli.conftest import EXOME, ModelsDb, Run

# Of the models that are written by hand, which have something of every kind.
_OF_THE_MODELS = (
    ("runs", "--all"),
    ("run", EXOME),
    ("files",),
    ("files", "--unexpected"),
    ("files", "--retired"),
    ("explain", "S1", "bam"),
    ("explain", "S2", "fastq"),
    ("log", EXOME),
    ("log", "S1"),
    ("diff", "1"),
    ("diff", "1", "4"),
    ("messages", "--all"),
    ("messages", "show", "3"),
    ("sheet", "log", EXOME),
    ("sheet", "diff", EXOME),
)
# Of a disk that was scanned twice, which lost a file.
_OF_A_SERVER = (
    ("scans",),
    ("scans", "show", "1"),
    ("scans", "files", "latest"),
    ("scans", "logs", "latest"),
    ("status",),
    ("doctor", "--all"),
    ("alerts",),
    ("alerts", "log"),
    ("plan", "--config", "OTHER_SETTINGS"),
    ("sheet", "check", "SHEET"),
    ("metadata", "RUN_FOLDER"),
    ("interop", "INTEROP"),
    ("layout", "check", "illumina", "--root", "DISK"),
    ("restore", "--list"),
    ("settings",),
)
_DATA = Path(__file__).parents[1] / "data"
_BESIDE_A_LONG_WORD = 25  # columns: what it is about
_FOR_PROGRAMS = (
    "export",
    "list-files",
    "metrics",
    "layout show",
)  # a file each, which a terminal only shows
_WITHOUT_A_LIST = (
    *("scan", "demo", "demo-disk", "init", "migrate", "backup", "report", "flag", "skip", "unskip"),
    *("messages ack", "messages unack", "alerts ack", "alerts unack", "alerts check"),
    *("alerts test", "deliver"),
    "deliveries",  # of an outbox: delivery/test_commands.py
    *("jobs", "jobs show"),  # of jobs that were launched: cli/jobs/test_jobs.py
    *("jobs retry", "jobs cancel", "jobs pause", "jobs resume"),
)


@dataclass(frozen=True, slots=True)
class Terminal:
    columns: int

    def lines(self, output: str) -> list[str]:
        return [click.unstyle(line) for line in output.splitlines()]

    def too_wide(self, output: str) -> list[str]:
        """Lines that do not fit, but for a word that is copied: it stands whole, at the left."""
        long = [line for line in self.lines(output) if len(line) > self.columns]
        return [line for line in long if len(line.rpartition(" ")[0]) > _BESIDE_A_LONG_WORD]

    def with_a_letter_alone(self, output: str) -> list[str]:
        return [line for line in self.lines(output) if re.fullmatch(r"\W*\w{1,2}\W*", line)]


@pytest.fixture(params=[80, 100, 120])
def terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", str(request.param))
    # Standard output; what shows how far a scan is goes elsewhere.
    monkeypatch.setattr(
        "seqauto_pipeline.cli.tables.is_terminal", lambda stream=None: stream is None
    )
    return Terminal(request.param)


@pytest.fixture
def server(
    seqauto: Run, demo_with_a_lost_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run the command line in the home of the demo."""
    monkeypatch.setenv("DAGSTER_HOME", str(demo_with_a_lost_file / "home"))
    disk = demo_with_a_lost_file / "disk"
    other = tmp_path / "other.toml"  # expects files of controls, too
    other.write_text(f'scan_roots = ["{disk}"]\n')
    folder = next((disk / "idt_haem").iterdir())
    meant = {"DISK": disk, "RUN_FOLDER": folder, "SHEET": folder / "SampleSheet.csv"}
    meant["OTHER_SETTINGS"] = other
    meant["INTEROP"] = _DATA / "interop" / "hiseq2500_frankendataset"
    said = Said("scan_failed:1", is_on=True, by="Ann", why="disk " * 20, at=dt.datetime.now(dt.UTC))
    with remembering(demo_with_a_lost_file / "home") as memory:
        memory.said = [said]
        keep(demo_with_a_lost_file / "home", memory)

    def _seqauto(*arguments: str) -> Result:
        return seqauto(*(str(meant.get(word, word)) for word in arguments))

    return _seqauto


@pytest.mark.parametrize("command", _OF_THE_MODELS)
def test_no_line_is_wider_than_the_terminal(
    seqauto: Run, models_db: ModelsDb, command: tuple[str, ...], terminal: Terminal
) -> None:
    result = seqauto(*command)

    assert result.exit_code == 0
    assert [line for line in terminal.lines(result.stdout) if len(line) > terminal.columns] == []
    assert terminal.with_a_letter_alone(result.stdout) == []


@pytest.mark.sqlite  # the demo's
@pytest.mark.slow
@pytest.mark.parametrize("command", _OF_A_SERVER)
def test_no_line_about_a_server_is_wider_than_the_terminal(
    server: Run, command: tuple[str, ...], terminal: Terminal
) -> None:
    result = server(*command)

    assert result.stdout.count("\n") > 0
    assert terminal.too_wide(result.stdout) == []
    assert terminal.with_a_letter_alone(result.stdout) == []


@pytest.mark.parametrize("command", _OF_THE_MODELS)
def test_in_a_pipe_nothing_is_left_out(
    seqauto: Run, models_db: ModelsDb, command: tuple[str, ...]
) -> None:
    assert "…" not in seqauto(*command).stdout


@pytest.mark.sqlite  # the demo's
@pytest.mark.slow
@pytest.mark.parametrize("command", _OF_A_SERVER)
def test_in_a_pipe_nothing_about_a_server_is_left_out_or_broken(
    server: Run, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")

    result = server(*command)

    assert "…" not in result.stdout
    assert "\033" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) > 40


def test_every_command_that_prints_a_list_is_held_to_a_width() -> None:
    held = {" ".join(name) for name in map(_named, (*_OF_THE_MODELS, *_OF_A_SERVER))}

    assert held | {*_FOR_PROGRAMS, *_WITHOUT_A_LIST} == {*_commands(main, ())}
    assert not held & {*_FOR_PROGRAMS, *_WITHOUT_A_LIST}


def _named(command: tuple[str, ...]) -> tuple[str, ...]:
    """Give the words that name a command; what follows are its arguments."""
    group = main.get_command(click.Context(main), command[0])
    is_below = isinstance(group, click.Group) and command[1:2] and command[1] in group.commands
    return command[:2] if is_below or command[0] in ("sheet", "layout") else command[:1]


def _commands(group: click.Group, above: tuple[str, ...]) -> Iterator[str]:
    """List all commands, those below others as `messages ack`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        words = (*above, name)
        if isinstance(command, click.Group):
            yield from _commands(command, words)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield " ".join(words)
