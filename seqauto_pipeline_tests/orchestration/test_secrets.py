"""Passwords of many special characters: in nothing that is kept, printed or run."""

import io
import json
import subprocess
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, inspect, text

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.db.backups import server_dump

# However a password is quoted, its first and last letters stay as they are: so does a part of it.
START, END = "Zq9vK7", "7Kv9qZ"
PASSWORD = f"{START}@:/?#[]%'\"\\$&;|<>`!* ü{END}"
COMMANDS = (
    ("status",),
    ("doctor", "--all"),
    ("doctor", "--format", "json"),
    ("settings",),
    ("settings", "--format", "json"),
    ("runs",),
    ("messages", "--all"),
    ("export", "--format", "json"),
    ("scans",),
    ("scans", "show", "latest"),
    ("scans", "logs", "latest"),
    ("alerts", "--format", "json"),
    ("metrics",),
    ("migrate",),
    ("backup",),
    ("restore", "--list"),
)


def has_secret(said: str) -> bool:
    return START in said or END in said


def printed(*arguments: str) -> str:
    """What a command prints, with the traceback where it ends in one."""
    result = CliRunner().invoke(main, arguments)
    trace = "".join(traceback.format_exception(*result.exc_info)) if result.exc_info else ""
    return f"{result.output}{result.stderr}{trace}"


def kept_files(home: Path) -> list[str]:
    """Files of a home, other than the settings, that hold the secret."""
    files = (path for path in home.rglob("*") if path.is_file() and path.name != "seqauto.toml")
    marks = (START.encode(), END.encode())
    return [str(path) for path in files if any(mark in path.read_bytes() for mark in marks)]


def kept_rows(url: str) -> list[str]:
    """Tables, of ours and of Dagster's, that hold the secret."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [
            f"{schema}.{table}"
            for schema in ("public", "dagster")
            for table in inspect(connection).get_table_names(schema)
            for row in connection.execute(text(f'SELECT t::text FROM {schema}."{table}" t'))
            if has_secret(str(row[0]))
        ]
    engine.dispose()
    return found


@contextmanager
def watched_processes() -> Iterator[list[str]]:
    """Look, as `ps` does, at the command lines of all processes until the block ends."""
    seen: list[str] = []
    is_over = threading.Event()

    def _watch() -> None:
        while not is_over.wait(0.005):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    line = path.read_bytes().decode(errors="replace")
                except OSError:
                    continue
                if has_secret(line):
                    seen.append(line)

    watcher = threading.Thread(target=_watch)
    watcher.start()
    try:
        yield seen
    finally:
        is_over.set()
        watcher.join()


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Keep the command lines of PostgreSQL's programs, which may be too quick to be seen."""
    run, lines = subprocess.run, []

    def _run(command: list[str], **given: object) -> object:
        lines.append(command)
        return run(command, **given)

    monkeypatch.setattr(server_dump.subprocess, "run", _run)
    return lines


@pytest.mark.postgres
def test_passwords_are_in_nothing_that_is_kept_printed_or_run(
    lab, scan, postgres_url, programs, monkeypatch
):
    url = postgres_url.replace("seqauto@", f"seqauto:{quote(PASSWORD, safe='')}@")
    receivers = (
        'alert_mail_to = ["lab@example.org"]\nsmtp_server = "127.0.0.1:9"\nsmtp_user = "lab"\n'
        f"smtp_password = {json.dumps(PASSWORD, ensure_ascii=False)}\n"
        f'alert_slack_webhook = "http://127.0.0.1:9/{quote(PASSWORD, safe="")}"\n'
    )
    lab.configure(f'database_url = "{url}"\n{receivers}')
    said = io.StringIO()
    with watched_processes() as seen, redirect_stderr(said):
        assert scan().failure is None
        assert scan(roots=["/etc"]).failure is not None
        outputs = {" ".join(command): printed(*command) for command in COMMANDS}
        outputs["restore"] = printed("restore", "--yes")
        outputs["alerts test"] = printed("--debug", "alerts", "test")

    assert [command for command, output in outputs.items() if has_secret(output)] == []
    assert "made, and checked" in outputs["backup"]
    assert "brings the states up to date" in outputs["restore"]
    assert not has_secret(said.getvalue())
    assert seen == []
    assert len(programs) > 5
    assert [line for line in programs if any(map(has_secret, line))] == []
    assert kept_files(lab.home) == []
    assert kept_rows(postgres_url) == []


DEAD: dict[str, Callable[[str], str]] = {
    "no server": lambda word: f"postgresql://lab:{word}@127.0.0.1:9/seqauto",
    "a password as an option": lambda word: f"postgresql://127.0.0.1:9/seqauto?password={word}",
    "no such option": lambda word: f"postgresql://lab:{word}@127.0.0.1:9/seqauto?colour=red",
}


@pytest.mark.parametrize("kind", DEAD)
@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_no_message_or_traceback_about_a_database_has_its_password(lab, monkeypatch, kind, debug):
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", DEAD[kind](quote(PASSWORD, safe="")))

    for command in (("runs",), ("migrate",), ("status",), ("backup",), ("restore", "--yes")):
        said = printed(*debug, *command)
        assert said
        assert not has_secret(said), command
    assert kept_files(lab.home) == []


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://lab:{PASSWORD}@127.0.0.1:9/seqauto",  # nobody quoted it
        f"postgres//lab:{START}{END}@host/seqauto",
        f"mysql://lab:{START}{END}@host/seqauto",
    ],
)
def test_no_complaint_about_an_address_shows_the_password_in_it(lab, monkeypatch, url):
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", url)

    for command in (("runs",), ("settings",), ("status",), ("--debug", "runs")):
        said = printed(*command)
        assert said
        assert not has_secret(said), command
