"""An OpenSSH server of the test's own, which lets one key run one program."""

import getpass
import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_SECONDS_TO_START = 20.0
_CONFIGURATION = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
"""


@dataclass(frozen=True, slots=True)
class SshServer:
    """A server that runs, and how it is asked."""

    process: "subprocess.Popen[bytes]"
    ssh: tuple[str, ...]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def ssh_server(program: Sequence[str]) -> Iterator[SshServer]:
    """Start it; the key may run ``program`` and nothing else, as docs/list_files.md tells."""
    sshd = _installed()
    folder = Path(tempfile.mkdtemp(prefix="seqauto-ssh-"))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # it insists
    try:
        for name in ("host_key", "key"):
            make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
            subprocess.run(make, check=True)
        port, key = _free_port(), (folder / "key.pub").read_text()
        command = shlex.join(program).replace('"', r"\"")
        (folder / "authorized_keys").write_text(f'restrict,command="{command}" {key}')
        (folder / "sshd_config").write_text(_CONFIGURATION.format(port=port, folder=folder))
        server = SshServer(
            subprocess.Popen([sshd, "-D", "-f", folder / "sshd_config", "-E", folder / "log"]),
            _ssh(folder, port),
        )
        try:
            _wait_for(port, folder / "log")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _installed() -> str:
    found = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None or shutil.which("ssh") is None:
        reason = "no OpenSSH is installed (looked for sshd and ssh)"
        if os.environ.get("REQUIRE_SSH") == "1":
            pytest.fail(f"REQUIRE_SSH=1, but {reason}")
        pytest.skip(reason)
    return found


def _ssh(folder: Path, port: int) -> tuple[str, ...]:
    options = ("BatchMode=yes", "StrictHostKeyChecking=accept-new")
    known = f"UserKnownHostsFile={folder}/known_hosts"
    return (
        *("ssh", "-F", "/dev/null", "-p", str(port), "-i", str(folder / "key")),
        *(word for option in (*options, known) for word in ("-o", option)),
        f"{getpass.getuser()}@127.0.0.1",
    )


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int, log: Path) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, log.read_text() if log.exists() else "no sshd"
            time.sleep(0.05)
        else:
            return
