"""How a step tells how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]  # stage, done, total (None: not known)


def ignore_progress(_stage: str, _done: int, _total: int | None) -> None:
    """Stand in where nobody follows the progress."""
