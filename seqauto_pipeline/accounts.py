"""Who runs this process, whose a path is, and what one of them may not do to the other."""

import errno
import grp
import os
import pwd
import stat
from pathlib import Path

from seqauto_pipeline.errors import NotPermittedError

REFUSALS = (errno.EACCES, errno.EPERM, errno.EROFS)
_ROOT = 0


def account_name() -> str:
    """Name the account that this process acts for."""
    return name_of_user(os.geteuid())


def name_of_user(number: int) -> str:
    """Name a user; the number where no passwd file knows it, as in containers."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def owner_of(path: Path) -> str | None:
    """Name the owner of a path; None where it cannot be told."""
    try:
        return name_of_user(path.stat().st_uid)
    except OSError:
        return None


def may_write(directory: Path) -> bool:
    """Whether this process may make files in a directory."""
    return os.access(directory, os.W_OK | os.X_OK, effective_ids=True)


def not_permitted(path: Path) -> NotPermittedError:
    """Say what the system refused of a path, where nobody foresaw it."""
    try:
        require_readable(path)
    except NotPermittedError as error:
        return error
    return not_writable(path)


def not_writable(path: Path) -> NotPermittedError:
    """Say that a path may not be written to, and who may."""
    there = _nearest(path)
    owner = owner_of(there)
    if owner is None or owner == account_name():
        fix = (
            f"{there} belongs to you: look whether its disk is mounted read-only (findmnt), and "
            "at its mode (ls -ld)."
        )
    else:
        fix = f"{there} belongs to {owner}: run the command as that account, {as_account(owner)}."
    return NotPermittedError(account_name(), f"write to {path}", fix)


def as_account(owner: str) -> str:
    """Write how somebody runs a command as the owner of a home."""
    return f"sudo -u {owner} --preserve-env=DAGSTER_HOME,SEQAUTO_CONFIG seqauto …"


def require_readable(path: Path) -> None:
    """Raise NotPermittedError for a path that is there, and that we may not read or reach."""
    needed = os.R_OK
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            needed |= os.X_OK
    except PermissionError:
        raise _not_readable(_nearest(path)) from None
    except OSError:
        return
    if not os.access(path, needed, effective_ids=True):
        raise _not_readable(path)


def _not_readable(path: Path) -> NotPermittedError:
    fix = "Ask the administrator of this server to let you."
    facts = path.stat()
    if facts.st_gid != _ROOT and facts.st_mode & stat.S_IRGRP:
        group = _name_of_group(facts.st_gid)
        fix = (
            f"Who is in the group {group} may: its administrator adds you with "
            f"`usermod -a -G {group} {account_name()}`, and you log in again."
        )
    return NotPermittedError(account_name(), f"read {path}", fix)


def become_owner(home: Path) -> None:
    """Let root act as the owner of a home, for good: what it makes there stays the service's.

    Nothing happens where another account runs this, where root owns the home, or where there is
    none yet.
    """
    try:
        facts = home.stat()
    except OSError:
        return
    if os.geteuid() != _ROOT or facts.st_uid == _ROOT:
        return
    try:
        account = pwd.getpwuid(facts.st_uid)
    except KeyError:
        os.setgroups([facts.st_gid])
        os.setgid(facts.st_gid)
    else:
        os.initgroups(account.pw_name, account.pw_gid)
        os.setgid(account.pw_gid)
        os.environ.update(HOME=account.pw_dir, USER=account.pw_name, LOGNAME=account.pw_name)
    os.setuid(facts.st_uid)
    _require_program(name_of_user(facts.st_uid))


def _require_program(owner: str) -> None:
    """Refuse to go on where the owner may not read what is still to be imported."""
    for directory in (Path(os.__file__).parent, Path(__file__).parent):
        if not os.access(directory, os.R_OK | os.X_OK):
            raise NotPermittedError(
                owner,
                f"read the program in {directory}",
                "Root acts as the owner of the home, so that the service can write what is made "
                "there. Install the program where that account may read it, such as /opt.",
            )


def _name_of_group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _nearest(path: Path) -> Path:
    """Give the path, or what is nearest above it that can be looked at."""
    for each in (path, *path.parents):
        try:
            each.stat()
        except OSError:
            continue
        return each
    return Path("/")
