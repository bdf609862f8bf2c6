"""How any command is found, and how it ends when it does not end well."""

import errno
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import COMMANDS, LazyCommand, LazyGroup, MainGroup, main
from seqauto_pipeline.errors import LayoutError

SEQAUTO = (sys.executable, "-c", "from seqauto_pipeline.cli.main import main; main()")

LEAVES = {
    **{name: lazy for name, lazy in COMMANDS.items() if lazy.target},
    **{
        f"{group} {name}": lazy
        for group, lazy_group in COMMANDS.items()
        for name, lazy in lazy_group.commands.items()
    },
}


@click.command()
@click.option("--size", default=0)
def talk(size: int) -> None:
    """Say much."""
    click.echo("x" * size)


@click.command()
def refuse() -> None:
    """Raise an error of ours."""
    raise LayoutError("/layouts/\x1b[31mlab.toml", "found nothing")


@click.command()
def interrupt() -> None:
    """Do as Ctrl-C does, also where the tests were started with SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(10)


@click.command()
@click.argument("kind")
def fail(kind: str) -> None:
    """Raise an error that no command foresees."""
    raise UNFORESEEN[kind]


UNFORESEEN: dict[str, Exception] = {
    "full": OSError(errno.ENOSPC, "No space left on device", "/home/x/dagster.yaml"),
    "directory": IsADirectoryError(errno.EISDIR, "Is a directory", "/home/x/seqauto.toml"),
    "json": json.JSONDecodeError("Expecting value", "{", 1),
    "key": KeyError("x\x1b[31m"),
}


@click.group(cls=MainGroup)
@click.option("--debug", is_flag=True)
def small_main(debug: bool) -> None:  # noqa: FBT001
    """Stand for `main`, with commands that end badly."""


HERE = {"talk": talk, "refuse": refuse, "interrupt": interrupt, "fail": fail}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> LazyGroup:
    """Give a main group that holds the commands of this module."""
    monkeypatch.setattr(small_main, "table", {name: LazyCommand(name) for name in HERE})
    monkeypatch.setattr(small_main, "get_command", lambda ctx, name: HERE[name])
    return small_main


def load(words: str) -> click.Command:
    context = click.Context(main)
    command: click.Command | None = main
    for word in words.split():
        assert isinstance(command, click.Group)
        command = command.get_command(context, word)
    assert command is not None
    return command


def test_help_lists_each_command_with_what_it_does():
    result = CliRunner().invoke(main, ["--help"])

    assert result.exit_code == 0
    for name, lazy in COMMANDS.items():
        assert f"  {name} " in result.output
        assert lazy.summary in result.output


@pytest.mark.parametrize("words", LEAVES)
def test_the_table_says_what_the_commands_own_help_says(words):
    command = load(words)

    assert command.get_short_help_str(limit=200) == LEAVES[words].summary
    assert command.name == words.split()[-1]


@pytest.mark.parametrize("words", ["", "sheet", "layout"])
def test_help_imports_no_command_and_nothing_heavy(words):
    program = (
        "import sys\n"
        "from seqauto_pipeline.cli.main import main\n"
        f"main({words.split()!r} + ['--help'], standalone_mode=False)\n"
        "heavy = {'dagster', 'pandas', 'sqlalchemy', 'pydantic', 'rich'}\n"
        "ours = {name for name in sys.modules if name.startswith('seqauto_pipeline.cli.')}\n"
        "sys.exit(', '.join(heavy & set(sys.modules) | ours - {'seqauto_pipeline.cli.main'}) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_the_list_of_runs_imports_nothing_that_judges_them_or_shows_one():
    program = (
        "import sys, seqauto_pipeline.cli.runs.runs\n"
        "heavy = {'dagster', 'pandas', 'alembic', 'rich', 'seqauto_pipeline.views.run_page',\n"
        "    'seqauto_pipeline.core.verdict.reconcile', 'seqauto_pipeline.core.sheet.text'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_group_lists_its_own_commands():
    result = CliRunner().invoke(main, ["sheet", "--help"])

    assert "check  Judge sample sheets" in result.output


def test_a_mistyped_command_is_answered_with_the_nearest():
    result = CliRunner().invoke(main, ["setings"])

    assert result.exit_code == 2
    assert "No such command 'setings'; did you mean settings?" in result.output


def test_a_command_like_no_other_is_answered_without_a_guess():
    result = CliRunner().invoke(main, ["xyzzy"])

    assert result.exit_code == 2
    assert "No such command 'xyzzy'." in result.output


def test_a_place_that_holds_no_command_is_a_mistake_of_ours(monkeypatch):
    monkeypatch.setattr(main, "table", {"odd": LazyCommand("Odd.", "main:COMMANDS")})

    with pytest.raises(TypeError, match="main:COMMANDS is not a click command"):
        load("odd")


def test_the_version_is_that_of_the_package():
    result = CliRunner().invoke(main, ["--version"])

    assert result.output.startswith("seqauto, version ")


def test_an_error_of_ours_is_one_message_on_stderr(small):
    result = CliRunner().invoke(small, ["refuse"])

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        "Error: /layouts/\\x1b[31mlab.toml: found nothing. "
        "Correct the layout file, then try it with `seqauto layout check FILE`.\n"
    )


def test_an_error_of_ours_keeps_its_traceback_for_who_asks(small):
    result = CliRunner().invoke(small, ["--debug", "refuse"])

    assert result.exit_code == 1
    assert isinstance(result.exception, LayoutError)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("full", "dagster.yaml: No space left on device. Free space on its disk (df shows it)"),
        ("directory", "seqauto.toml: Is a directory. A directory stands where a file belongs"),
    ],
)
def test_what_the_system_refuses_is_a_sentence_and_what_to_do(kind: str, said: str, small):
    result = CliRunner().invoke(small, ["fail", kind])

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: Cannot use /home/x/{said}")
    assert result.stderr.endswith("then run the command again.\n")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("json", "JSONDecodeError: Expecting value: line 1 column 2 (char 1)"),
        ("key", r"KeyError: 'x\x1b[31m'"),
    ],
)
def test_an_error_that_nobody_foresaw_is_one_sentence_and_its_traceback_is_kept(
    kind: str, said: str, small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))

    result = CliRunner().invoke(small, ["fail", kind])

    kept = tmp_path / "seqauto-errors.log"
    assert result.stderr == (
        f"Error: The command met an error that it does not know ({said}). Its traceback is at the "
        f"end of {kept}. Look with `seqauto doctor` whether something is wrong here; if not, "
        "report it with that.\n"
    )
    assert "Traceback" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_tracebacks_are_kept_elsewhere_when_there_is_no_home_and_not_without_end(
    small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "none"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = tmp_path / "seqauto-errors.log"
    kept.write_bytes(b"x" * (2 << 20))

    CliRunner().invoke(small, ["fail", "key"])

    assert kept.stat().st_size < 1 << 20
    assert "KeyError" in kept.read_text()


def test_a_traceback_is_not_written_through_a_link(
    small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "none"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "seqauto-errors.log").symlink_to(tmp_path / "other")

    result = CliRunner().invoke(small, ["fail", "key"])

    assert "Its traceback could not be kept" in result.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("arguments", [("settings",), ("settings", "--format", "markdown")])
def test_output_that_does_not_fit_is_told_and_an_error(arguments: tuple[str, ...], tmp_path: Path):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [str(Path(sys.executable).with_name("seqauto")), *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "DAGSTER_HOME": str(tmp_path)},
            check=False,
            timeout=60,
        )

    assert done.returncode == 1
    assert done.stderr.decode() == (
        "Error: Cannot use the output: No space left on device. Free space on its disk (df shows "
        "it), then run the command again.\n"
    )


def test_an_interrupted_command_ends_as_a_shell_expects(small):
    result = CliRunner().invoke(small, ["interrupt"])

    assert (result.exit_code, result.stderr) == (130, "Interrupted.\n")


def test_a_wrong_option_is_a_usage_error(small):
    result = CliRunner().invoke(small, ["talk", "--size", "much"])

    assert result.exit_code == 2


@pytest.mark.parametrize("arguments", [("settings",), ("settings", "--format", "markdown")])
def test_a_reader_that_goes_away_causes_no_traceback(arguments: tuple[str, ...], tmp_path: Path):
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        [*SEQAUTO, *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, "DAGSTER_HOME": str(tmp_path)},
        check=False,
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (141, b"")


def test_a_closed_output_is_no_error(tmp_path: Path):
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" >&-', "sh", *SEQAUTO, "settings", "--format", "markdown"],
        stderr=subprocess.PIPE,
        env={**os.environ, "DAGSTER_HOME": str(tmp_path)},
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
