"""Fixtures of the whole suite: a real PostgreSQL server, started here and stopped at the end."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, event

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.db import session
from seqauto_pipeline_tests.models_database import (
    ModelsServer,
    administer,
    database_of,
    models_on,
)

QUESTIONS = Path(__file__).parents[1] / "docs" / "questions.md"
REQUIRE_POSTGRES = "REQUIRE_POSTGRES"
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
_SERVER_OPTIONS = "-c listen_addresses= -c fsync=off -c max_connections=60"

# What starts the tests in the background may have them ignore signals, and all they start, too.
for _signal, _handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, _handler)

# How fast values are drawn tells of the machine, not of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


_EACH_DATABASE = "on_each_database"
_DATABASE = "models in"  # a property of tests
_opened: set[str] = set()  # kinds of databases that the running test has opened models in


@event.listens_for(Engine, "engine_connect")
def _note_database(connection: Connection) -> None:
    """Note it; the databases of Dagster in SQLite files are not meant."""
    kind = connection.dialect.name
    if kind != "sqlite" or event.contains(connection.engine, "connect", session._prepare_sqlite):
        _opened.add(kind)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--models",
        choices=("sqlite", "both", "postgresql"),
        default="sqlite",
        help="where laboratories have their models: in SQLite files (the default), on PostgreSQL "
        "too, or there alone (then only tests that open models there are run)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what has a laboratory on each database asked for, unless its marks choose one."""
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if metafunc.config.option.models == "sqlite" or marks & {"sqlite", "postgres"}:
        return
    if _EACH_DATABASE in metafunc.fixturenames:
        there = pytest.param("postgresql", marks=pytest.mark.postgres)
        metafunc.parametrize(_EACH_DATABASE, ["sqlite", there], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the installations, which take minutes: else one of them is alone at the end."""
    items.sort(key=lambda item: "deploy" not in item.path.parts)
    if config.option.models == "postgresql":
        items[:] = filter(_is_on_server, items)


def _is_on_server(item: pytest.Item) -> bool:
    """Tell whether the test was made for models there; others choose their database themselves."""
    chosen: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
    return chosen.get(_EACH_DATABASE) == "postgresql"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _opened.clear()
    if item.get_closest_marker("postgres") and not _is_on_server(item):
        _opened.add("postgresql")  # also where it is another process that works on it


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    yield
    item.user_properties += ((_DATABASE, kind) for kind in sorted(_opened))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured, and how many passed on each kind of database."""
    databases = Counter[str]()
    for report in terminalreporter.stats.get("passed", ()):
        for name, value in report.user_properties:
            if name == _DATABASE:
                databases[value] += 1
            else:
                terminalreporter.write_line(f"{name}: {value}")
    for kind, tests in databases.items():
        terminalreporter.write_line(f"{counted(tests, 'test')} passed on models in {kind}")


@pytest.fixture(scope="session")
def demo_with_a_lost_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Do what docs/questions.md says first, to the letter; give the directory of the demo."""
    directory = tmp_path_factory.mktemp("questions")
    (block,) = re.findall(r"```sh\n(.*?)```", QUESTIONS.read_text("utf-8"), re.DOTALL)
    own = {name: value for name, value in os.environ.items() if not name.startswith("SEQAUTO_")}
    own["PATH"] = f"{Path(sys.executable).parent}:{own['PATH']}"
    own.pop("DAGSTER_HOME", None)
    subprocess.run(
        ["/bin/sh", "-euc", block],
        cwd=directory,
        env=own,
        check=True,
        capture_output=True,
        timeout=300,
    )
    return directory / "seqauto-demo"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a server's maintenance database, over a Unix socket that only this test run knows."""
    binaries = postgres_binaries()
    if binaries is None:
        reason = "no PostgreSQL server is installed (looked for initdb and postgres)"
        if os.environ.get(REQUIRE_POSTGRES) == "1":
            pytest.fail(f"{REQUIRE_POSTGRES}=1, but {reason}")
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="seqauto-postgres-"))  # short: socket paths are limited
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
    control = [*as_nobody(), str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    try:
        _call(*as_nobody(), str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "seqauto",
              "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")  # fmt: skip
        log = str(folder / "log")
        _call(*control, "-l", log, "-o", f"{_SERVER_OPTIONS} -k {folder}", "start")
        yield f"postgresql+psycopg2://seqauto@/postgres?host={quote(str(folder), safe='')}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def models_server(postgres_server: str) -> ModelsServer:
    server = ModelsServer(postgres_server)
    server.make_templates()
    return server


@pytest.fixture
def on_each_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Have the models of the test's laboratories in files, or on PostgreSQL: by `--models`."""
    kind: str = getattr(request, "param", "sqlite")
    if kind == "sqlite":
        yield kind
        return
    with models_on(request.getfixturevalue("models_server")):
        yield kind


@pytest.fixture
def new_postgres_url(postgres_server: str) -> Iterator[Callable[[], str]]:
    """Make an empty database of the test's own, and give its URL."""
    names: list[str] = []

    def _new() -> str:
        names.append(f"test_{uuid.uuid4().hex}")
        administer(postgres_server, f"CREATE DATABASE {names[-1]}")
        return database_of(postgres_server, names[-1])

    yield _new
    for name in names:
        administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """URL of an empty database of the test's own."""
    return new_postgres_url()


def postgres_binaries() -> Path | None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*installed, *([Path(on_path).resolve().parent] if on_path else [])]
    wanted = ("initdb", "postgres", "pg_ctl")
    return next(
        (each for each in candidates if all((each / name).exists() for name in wanted)), None
    )


def as_nobody() -> list[str]:
    """Give what a command begins with so that root runs it as nobody."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={UNPRIVILEGED}", "--regid=nogroup", "--clear-groups"]


def _call(*command: str) -> None:
    # A server keeps the pipes it inherits open: its output goes nowhere.
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, check=False, cwd="/", timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
