"""Roots that do not answer, as the threads of one process know them."""


class SilentRoots:
    """Roots of which several files did not answer, until one does.

    Such a root is asked for one file at a time, so that each run costs the time limit once, and
    leaves one stuck thread behind.
    """

    def __init__(self) -> None:
        self._roots: set[str] = set()

    def __contains__(self, root: str) -> bool:
        return root in self._roots

    def add(self, root: str) -> None:
        self._roots.add(root)

    def discard(self, root: str) -> None:
        self._roots.discard(root)
