"""What of our environment jobs get: it may hold passwords, of the database for one."""

import os

_HANDED_ON = ("HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER")


def environment_of_jobs(prefixes: tuple[str, ...] = ()) -> dict[str, str]:
    """Give what jobs may know, and variables that begin with one of the prefixes."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _HANDED_ON or (prefixes and name.startswith(prefixes))
    }
