"""The image, built by buildah, and what the compose file starts of it, started together."""

import contextlib
import functools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from seqauto_pipeline_tests.conftest import UNPRIVILEGED, as_nobody, postgres_binaries
from seqauto_pipeline_tests.deploy.conftest import CHECKOUT
from seqauto_pipeline_tests.deploy.debian import Debian, output
from seqauto_pipeline_tests.deploy.guide import blocks
from seqauto_pipeline_tests.orchestration.conftest import eventually

REQUIRE_BUILDAH = "REQUIRE_BUILDAH"
COMPOSE = yaml.safe_load((CHECKOUT / "deploy/compose.yaml").read_text())
_OURS = ("code", "daemon", "web")
_ACCOUNT = 10001
_IMAGE, _BASE = "localhost/seqauto", "localhost/fresh-debian"
# A host of the test's own: its processes end with the first, nobody sees its mounts, and its
# network has free ports and no other machine.
_HOST = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


def test_nothing_is_published_beyond_this_machine() -> None:
    ports = [port for each in COMPOSE["services"].values() for port in each.get("ports", ())]

    assert ports == ["127.0.0.1:3000:3000"]
    assert "--read-only" in COMPOSE["services"]["web"]["command"]


@pytest.mark.parametrize("name", _OURS)
def test_a_container_of_ours_can_write_to_its_home_only(name: str) -> None:
    service = COMPOSE["services"][name]

    writable = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
    assert writable == ["home:/var/lib/seqauto"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


@dataclass(frozen=True, slots=True)
class Host:
    """What a command begins with to run there."""

    online: tuple[str, ...]  # with this machine's network, to build
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Containers:
    """Containers of the image on a host of their own: what compose would start."""

    folder: Path
    host: Host

    def buildah(self, *words: str, timeout: float = 900) -> str:
        return output(*self.host.online, *self._buildah, *words, timeout=timeout)

    def run(self, name: str, *words: str) -> tuple[str, ...]:
        """Give the command that runs words in the container of a service, as compose has it."""
        service = COMPOSE["services"][name]
        sources = {
            "home": str(self.folder / "home"),
            "./settings": str(self.folder / "deploy/settings"),
            "${SEQUENCING_ROOT:?the directory to scan}": str(self.folder / "disk"),
        }
        options = [
            "--isolation",
            "chroot",
            "--no-hosts",
            "--volume",
            f"{self.folder / 'hosts'}:/etc/hosts:ro",
        ]
        for volume in service["volumes"]:
            source, _, target = volume.rpartition("}:") if "}" in volume else volume.partition(":")
            source = f"{source}}}" if "{" in source else source
            options += ["--volume", f"{sources[source]}:{target}"]
        environment = (self.folder / "deploy" / service["env_file"]).read_text().splitlines()
        options += [word for line in environment for word in ("--env", line)]
        return (*self.host.alone, *self._buildah, "run", *options, name, "--", *words)

    def entrypoint(self) -> list[str]:
        """Give what the image begins each service's command with."""
        image = json.loads(self.buildah("inspect", "--type", "image", _IMAGE))
        return list(image["OCIv1"]["config"]["Entrypoint"])

    @property
    def _buildah(self) -> tuple[str, ...]:
        storage, running = str(self.folder / "storage"), str(self.folder / "running")
        temporary = f"TMPDIR={self.folder}"
        return ("env", temporary, "buildah", "--root", storage, "--runroot", running)


@pytest.fixture
def host() -> Iterator[Host]:
    with subprocess.Popen((*_HOST, "sleep", "infinity")) as holder:
        spaces = f"/proc/{holder.pid}/ns"
        online = ("nsenter", f"--mount={spaces}/mnt", f"--pid={spaces}/pid_for_children")
        alone = (*online, f"--net={spaces}/net")
        try:
            eventually(functools.partial(_is_first, "sleep", online), 30)
            output(*alone, "ip", "link", "set", "lo", "up")
            yield Host(online, alone)
        finally:
            holder.kill()


@pytest.fixture
def containers(debian: Debian, host: Host, tmp_path: Path) -> Containers:
    """The image, built of the checkout on the base of a fresh Debian, and a container for each."""
    if shutil.which("buildah") is None:
        if os.environ.get(REQUIRE_BUILDAH) == "1":
            pytest.fail(f"{REQUIRE_BUILDAH}=1, but there is no buildah")
        pytest.skip("buildah is not installed")
    folder = tmp_path / "containers"
    folder.mkdir()
    made = Containers(folder, host)
    base = made.buildah("from", "scratch").strip()
    made.buildah("add", "--quiet", base, str(debian.root), "/")
    made.buildah("commit", "--quiet", "--rm", base, _BASE)
    made.buildah(
        "bud", "--isolation", "chroot", "--build-arg", f"BASE={_BASE}", "--tag", _IMAGE,
        "--file", str(CHECKOUT / COMPOSE["services"]["code"]["build"]["dockerfile"]),
        str(debian.root / "srv/seqauto.git"),
    )  # fmt: skip
    for name in _OURS:
        made.buildah("from", "--name", name, COMPOSE["services"][name]["image"])
    return made


@pytest.mark.slow
@pytest.mark.postgres
def test_the_containers_scan_a_disk_together(containers: Containers) -> None:
    """Started by buildah: there may be no engine and no registry.

    The database is this machine's PostgreSQL. What only an engine keeps (read_only, cap_drop,
    restart) is read above and not tried.
    """
    settings = _prepare(containers.folder)

    with contextlib.ExitStack() as stack:
        stack.enter_context(_database(settings, containers.host.alone))
        for name in _OURS:
            command = containers.run(name, *containers.entrypoint(), *_command(name))
            stack.enter_context(_running(command, containers.folder / name))
        told = "".join(
            output(*containers.run("code", *words), timeout=300) for words in _calls_of_the_guide()
        )
        eventually(functools.partial(_is_well, containers), 180)

    assert "Found 12 run folders with " in told
    assert "Open messages, error: " not in told


def _prepare(folder: Path) -> dict[str, str]:
    """Do what the guide says before podman-compose; give what it wrote for the database."""
    (block,) = blocks("docs/operations.md", "In containers")
    (folder / "deploy").mkdir()
    prepared = re.sub(r"^podman-compose .*\n", "", block, flags=re.MULTILINE)
    output("bash", "-euc", prepared, directory=folder)
    seqauto = Path(sys.executable).with_name("seqauto")
    output(str(seqauto), "demo-disk", str(folder / "disk"), "--no-trouble", "--left-out", "0")
    (folder / "hosts").write_text("127.0.0.1 localhost code web database\n")
    (folder / "home").mkdir()
    os.chown(folder / "home", _ACCOUNT, _ACCOUNT)
    lines = (folder / "deploy/database.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


@contextlib.contextmanager
def _database(settings: dict[str, str], host: tuple[str, ...]) -> Iterator[None]:
    """Run a PostgreSQL that takes the settings which the database's image takes."""
    programs = postgres_binaries()
    assert programs is not None, "no PostgreSQL server is installed"
    user, password = settings["POSTGRES_USER"], settings["POSTGRES_PASSWORD"]
    with tempfile.TemporaryDirectory(prefix="seqauto-postgres-") as name:
        folder, data = Path(name), f"{name}/data"
        (folder / "password").write_text(password)
        for path in (folder, folder / "password"):
            shutil.chown(path, UNPRIVILEGED)
        as_user = ("-U", user, "--auth=scram-sha-256", f"--pwfile={name}/password")
        output(*as_nobody(), str(programs / "initdb"), "-D", data, *as_user)
        server = (str(programs / "postgres"), "-D", data, "-k", name, "-h", "127.0.0.1")
        psql = ("env", f"PGPASSWORD={password}", str(programs / "psql"), "-h", "127.0.0.1")
        with _running((*host, *as_nobody(), *server), folder / "server"):
            ready = (*host, str(programs / "pg_isready"), "-h", "127.0.0.1")
            eventually(lambda: subprocess.run(ready, check=False, cwd="/").returncode == 0, 30)
            made = f"CREATE DATABASE {settings['POSTGRES_DB']}"
            output(*host, *psql, "-U", user, "postgres", "-c", made)
            yield


def _command(name: str) -> list[str]:
    return shlex.split(COMPOSE["services"][name]["command"])


def _calls_of_the_guide() -> list[list[str]]:
    """List what the guide calls in the running container of the code."""
    (block,) = blocks("docs/operations.md", "In containers")
    found = re.findall(r"^podman-compose exec code (.*)$", block, re.MULTILINE)
    return [shlex.split(words, comments=True) for words in found]


@contextlib.contextmanager
def _running(command: tuple[str, ...], log: Path) -> Iterator[None]:
    with log.with_suffix(".log").open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd="/")
        try:
            yield
        finally:
            process.kill()
            process.wait()


def _is_well(containers: Containers) -> bool:
    """Whether web server, code server, daemon and database all answer."""
    command = containers.run("code", "seqauto", "status")
    done = subprocess.run(command, cwd="/", capture_output=True, check=False, timeout=120)
    return done.returncode == 0


def _is_first(name: str, inside: tuple[str, ...]) -> bool:
    """Whether the first process of a host is the one of that name, as its own /proc has it."""
    command = (*inside, "cat", "/proc/1/comm")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() == name
