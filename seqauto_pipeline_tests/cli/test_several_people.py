"""Two accounts and root on one server: who may do what, on SQLite and PostgreSQL."""

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from seqauto_pipeline_tests.deploy.guide import blocks
from seqauto_pipeline_tests.real_accounts import (
    Person,
    add_account,
    python_for_everybody,
    remove_account,
)

REQUIRE_ACCOUNTS = "REQUIRE_ACCOUNTS"
pytestmark = pytest.mark.slow

READING = (
    ("runs", "--format", "json"),
    ("files", "--format", "csv"),
    ("messages", "--format", "json"),
    ("export", "--format", "csv"),
    ("scans",),
    ("scans", "show", "latest"),
)
WRITING = (
    ("messages", "ack", "1", "--by", "me", "--why", "seen"),
    ("migrate",),
    ("scan",),
)


@dataclass(frozen=True, slots=True)
class Server:
    """One installation, scanned once by its service."""

    service: Person
    reader: Person  # in the group of the service; on PostgreSQL with a login that may only read
    stranger: Person
    root: Person
    home: Path
    run: str  # name of one sequencing run

    def contents(self) -> Mapping[str, tuple[int, int, int]]:
        """Owner, mode and time of everything in the home."""
        paths = (self.home, *self.home.rglob("*"))
        facts = {str(path): path.lstat() for path in paths}
        return {path: (each.st_uid, each.st_mode, each.st_mtime_ns) for path, each in facts.items()}


@pytest.fixture(scope="session")
def people() -> Iterator[tuple[Person, ...]]:
    """Make the accounts: of the service, of one in its group, and of two who are not."""
    if os.geteuid() != 0:
        _unable("only root may make accounts")
    if shutil.which("useradd") is None:
        _unable("there is no useradd")
    service, member, reader, stranger = (f"seqt{os.getpid()}{end}" for end in "smrx")
    try:
        add_account(service)
        add_account(member, groups=service)
        add_account(reader)
        add_account(stranger)
        python = python_for_everybody(stranger)
        if python is None:
            _unable("no interpreter of this version and this checkout is open to all accounts")
        yield tuple(Person(name, python) for name in (service, member, reader, stranger, "root"))
    finally:
        for name in (member, reader, stranger, service):
            remove_account(name)


def _unable(reason: str) -> None:
    if os.environ.get(REQUIRE_ACCOUNTS) == "1":
        pytest.fail(f"{REQUIRE_ACCOUNTS}=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def server(request: pytest.FixtureRequest, people: tuple[Person, ...]) -> Iterator[Server]:
    """Install it, scan once as the service, and let the reader in."""
    place = Path(tempfile.mkdtemp(prefix="seqauto-people-"))
    place.chmod(0o755)
    try:
        yield _installed(place, people, request)
    finally:
        shutil.rmtree(place)


def _installed(place: Path, people: tuple[Person, ...], request: pytest.FixtureRequest) -> Server:
    home, disk = place / "home", place / "disk"
    home.mkdir(mode=0o750)
    shutil.chown(home, people[0].account, people[0].account)
    common = {"DAGSTER_HOME": str(home), "SEQAUTO_SCAN_ROOTS": str(disk)}
    made = people[4].run("demo-disk", str(disk), "--runs", "2", "--samples", "2")
    assert made.returncode == 0, made.stderr
    people[4].call("chmod", "-R", "o+rX", str(disk))
    service, reader, with_login, stranger, root = (replace(each, environ=common) for each in people)
    if request.param == "postgres":
        url = _new_database(request.getfixturevalue("postgres_server"))
        request.addfinalizer(lambda: _drop_reader(url))
        own = {**common, "SEQAUTO_DATABASE_URL": url}
        service, root = (replace(each, environ=own) for each in (service, root))
    scanned = service.run("scan")
    assert scanned.returncode == 0, scanned.stderr + scanned.stdout
    if request.param == "postgres":
        # Who has a login needs no right to the home, which is closed to them.
        settings = place / "readers.toml"
        settings.write_text(f'database_url = "{_let_in(url)}"\n')
        reader = replace(with_login, environ={**common, "SEQAUTO_CONFIG": str(settings)})
    names = service.run("runs", "--format", "csv").stdout.splitlines()
    return Server(service, reader, stranger, root, home, names[1].partition(",")[0])


_READER = f"reader_{os.getpid()}"


def _new_database(server: str) -> str:
    """Make a database on a server whose socket all accounts may reach, and give its URL."""
    Path(str(make_url(server).query["host"])).chmod(0o755)
    _administer(server, "CREATE DATABASE people")
    return server.replace("/postgres?", "/people?")


def _let_in(url: str) -> str:
    """Make a login that may only read, by the statements of docs/operations.md; give its URL."""
    (block,) = [each for each in blocks("docs/operations.md", "PostgreSQL") if "ALTER ROLE" in each]
    _, _, below = block.partition("<<'END'\n")
    statements = re.sub(r"\breader\b", _READER, below.partition("\nEND\n")[0]).splitlines()
    assert len(statements) == 4
    _administer(url, f"CREATE ROLE {_READER} LOGIN", *statements)
    return url.replace("//seqauto@", f"//{_READER}@")


def _drop_reader(url: str) -> None:
    _administer(url, f"DROP OWNED BY {_READER}", f"DROP ROLE {_READER}")


def _administer(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_who_may_read_sees_what_the_service_sees(server: Server) -> None:
    expected = [server.service.run(*command) for command in READING]
    before = server.contents()

    found = [server.reader.run(*command) for command in READING]

    assert [each.returncode for each in found] == [0] * len(READING), found
    assert [each.stdout for each in found] == [each.stdout for each in expected]
    assert server.contents() == before


def test_who_may_read_is_shown_one_run_one_file_and_the_server(server: Server) -> None:
    listed = server.service.run("files", "--limit", "1").stdout.split()
    before = server.contents()

    page = server.reader.run("run", server.run)
    told = server.reader.run("explain", next(word for word in listed if word.startswith("/")))
    status = server.reader.run("status")

    assert (page.returncode, told.returncode) == (0, 0), page.stderr + told.stderr
    assert server.run in page.stdout
    readings = {line[8:22].strip(): line[:8].strip() for line in status.stdout.splitlines()}
    assert readings["database"] == "ok", status.stdout
    assert "chown" not in status.stdout
    assert server.contents() == before


def test_who_may_not_write_is_told_so_in_one_sentence(server: Server) -> None:
    before = server.contents()

    refused = [server.reader.run(*command) for command in WRITING]
    refused.append(server.reader.run("flag", server.run, "bad", "--on"))

    for each in refused:
        assert each.returncode != 0
        assert each.stderr.startswith(f"Error: You are {server.reader.account}"), each.stderr
        assert "may not" in each.stderr
        assert "Traceback" not in each.stderr
        assert "Acknowledged" not in each.stdout
    assert server.contents() == before


def test_root_leaves_nothing_that_the_service_cannot_write(server: Server) -> None:
    owner = server.home.stat().st_uid

    for command in (*WRITING, ("flag", server.run, "bad", "--on"), *READING):
        done = server.root.run(*command)
        assert done.returncode == 0, done.stderr + done.stdout

    assert {each[0] for each in server.contents().values()} == {owner}
    again = server.service.run("scan")
    assert again.returncode == 0, again.stderr + again.stdout


def test_a_stranger_is_told_who_may_read(server: Server) -> None:
    for command in (READING[0], READING[4], *WRITING):
        refused = server.stranger.run(*command)
        assert refused.returncode == 1
        assert refused.stderr.startswith(f"Error: You are {server.stranger.account} and may not")
        assert len(refused.stderr.splitlines()) == 1


def test_a_reader_reads_beside_a_writer_and_when_nobody_has_the_file_open(server: Server) -> None:
    if "SEQAUTO_DATABASE_URL" in server.service.environ:
        pytest.skip("a server keeps readers and writers apart by itself")
    file = server.home / "seqauto.db"
    close = f"import sqlite3; c = sqlite3.connect({str(file)!r}); c.execute('SELECT 1 FROM scan')"
    assert server.service.call(server.service.python, "-c", close).returncode == 0
    assert not file.with_name("seqauto.db-wal").exists()
    alone = server.reader.run("runs", "--format", "json")
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("UPDATE sequencing_run SET name = 'stored'")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE sequencing_run SET name = 'not yet stored'")
        beside = server.reader.run("runs", "--format", "json")

    assert (alone.returncode, beside.returncode) == (0, 0), alone.stderr + beside.stderr
    assert server.run in alone.stdout
    assert '"stored"' in beside.stdout
    assert "not yet stored" not in beside.stdout
