"""A fresh Debian below a directory, made by debootstrap, and commands in it as its root."""

import fcntl
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

REQUIRE_DEBIAN = "REQUIRE_DEBIAN"
_SUITE = "bookworm"
_MIRROR = "http://deb.debian.org/debian"
# What any Debian server has, which the smallest variant leaves out; curl is for the tests.
_PACKAGES = "ca-certificates,curl,procps,systemd"
# How this machine reaches package indexes: its names, certificates and settings of pip.
_SITE_FILES = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
# Processes of their own that end with the first, and mounts that nobody else sees.
_NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
_ENTER = """
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mount -t tmpfs tmpfs "$0/run"
exec chroot "$0" "$@"
"""


@dataclass(frozen=True, slots=True)
class Debian:
    """A directory with a Debian, which is its root for what is run in it."""

    root: Path

    def run(self, script: str, *, timeout: float) -> str:
        """Run a bash script as root, and give what it wrote; it fails at its first failure."""
        (self.root / "root" / "script").write_text(script)
        return output(
            *(*_NAMESPACES, "sh", "-ec", _ENTER, str(self.root), "/bin/bash", "/root/script"),
            environment={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": "/root",
                "LANG": "C.UTF-8",
                "DEBIAN_FRONTEND": "noninteractive",
            },
            timeout=timeout,
        )


def output(
    *command: str,
    directory: Path = Path("/"),
    environment: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> str:
    """Give what a program wrote, errors too; it fails where the program does."""
    done = subprocess.run(
        command,
        env=environment,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def require_debian() -> None:
    """Skip where a Debian cannot be made, or fail where one has to be."""
    lacking = [name for name in ("debootstrap", "unshare", "chroot") if shutil.which(name) is None]
    if os.geteuid() == 0 and not lacking:
        return
    reason = f"needs root and {', '.join(lacking) or 'nothing else'} to make a fresh Debian"
    if os.environ.get(REQUIRE_DEBIAN) == "1":
        pytest.fail(f"{REQUIRE_DEBIAN}=1, but it {reason}")
    pytest.skip(reason)


def fresh_debian(shared: Path, folder: Path) -> Debian:
    """Give a copy of the Debian that all processes of a test run share, and make that one once."""
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "made").exists():
            _bootstrap(shared / "tree")
            (shared / "made").touch()
    root = folder / "debian"
    subprocess.run(("cp", "-a", shared / "tree", root), check=True)
    return Debian(root)


def _bootstrap(tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    command = ("debootstrap", "--variant=minbase", f"--include={_PACKAGES}", _SUITE, tree, _MIRROR)
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, timeout=1500
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    for name in _SITE_FILES:
        if Path(name).exists():
            target = tree / name.lstrip("/")
            target.unlink(missing_ok=True)
            shutil.copy(name, target)


def write_repository(checkout: Path, files: list[str], folder: Path) -> None:
    """Make a git repository of files of the checkout as they are, committed or not."""
    for name in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(checkout / name, target)
    author = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    for words in ("init -q", "add -A -f", "commit -q -m test"):
        subprocess.run(("git", *author, *shlex.split(words)), cwd=folder, check=True)
