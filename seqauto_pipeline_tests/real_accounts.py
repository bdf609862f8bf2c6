"""Real accounts of this machine, made for a test run, and `seqauto` run as one of them."""

import os
import pwd
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_MAIN = "from seqauto_pipeline.cli.main import main; main(prog_name='seqauto')"
_CHECKOUT = str(Path(__file__).parents[1])
UMASK = 0o027  # as the units of the services have it


@dataclass(frozen=True, slots=True)
class Person:
    """An account, and the environment in which it runs commands."""

    account: str
    python: str  # an interpreter that every account may run
    environ: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `seqauto` as this account."""
        return self.call(self.python, "-c", _MAIN, *arguments)

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run any command as this account."""
        entry = pwd.getpwnam(self.account)
        return subprocess.run(
            command,
            user=entry.pw_uid,
            group=entry.pw_gid,
            extra_groups=os.getgrouplist(self.account, entry.pw_gid),
            umask=UMASK,
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                "HOME": entry.pw_dir,
                "PYTHONPATH": os.pathsep.join([_CHECKOUT, *_installed_packages()]),
                "SEQAUTO_TIME_ZONE": "UTC",
                **self.environ,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )


def _installed_packages() -> list[str]:
    """Where packages are that the interpreter does not bring itself, which another may not read."""
    return [path for path in sys.path if path.endswith("-packages")]


def let_others_in(folder: Path) -> None:
    """Let any account read what is in a directory of a test, and in those above it."""
    for path in (folder, *folder.parents):
        path.chmod(path.stat().st_mode | 0o055)
        if path.name.startswith("pytest-of"):
            break


def add_account(name: str, *, groups: str = "") -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    more = ["--groups", groups] if groups else []
    subprocess.run([*command, *more, "--home-dir", "/nonexistent", name], check=True)


def remove_account(name: str) -> None:
    subprocess.run(["userdel", name], check=False, capture_output=True)


def python_for_everybody(account: str) -> str | None:
    """Find an interpreter that any account may run, and that finds what this one finds."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        try:
            found = Person(account, python).run("--version")
        except OSError:  # this one is in a directory that only we may enter
            continue
        if found.returncode == 0:
            return python
    return None
