"""Make a disk refuse for real: as a user without privileges, and by modes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be a user who owns nothing: root would read whatever the mode says."""
    if os.geteuid() != 0:
        yield
        return
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Take all rights on a path away, and make sure that it then refuses."""
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        with unprivileged():
            assert not os.access(path, os.R_OK, effective_ids=True)
            assert_refused(path)
        yield
    finally:
        path.chmod(mode)


def assert_refused(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDONLY))
    except PermissionError:
        return
    raise AssertionError(path)
