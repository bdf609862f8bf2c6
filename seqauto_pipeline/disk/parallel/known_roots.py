"""What the threads of one process have learned of the roots of a scan, from run to run."""

# One parses while the other one waits for a file that is not in the cache. Beside other processes
# one does: these have work for the core meanwhile.
_THREADS_AT_FIRST = 2


class KnownRoots:
    """Roots that do not answer, and how many threads to begin with on the others.

    A silent root is one of which several files did not answer, until one does. It is asked for one
    file at a time, so that each run costs the time limit once, and leaves one stuck thread behind.
    """

    def __init__(self, threads_at_first: int = _THREADS_AT_FIRST) -> None:
        self.silent: set[str] = set()
        self._at_first = threads_at_first
        self._threads: dict[str, int] = {}

    def threads(self, root: str) -> int:
        """Say how many threads to begin a run with; one: its disk answers at once."""
        return self._threads.get(root, self._at_first)

    def used_threads(self, root: str, began: int, ended: int, *, is_busy: bool) -> None:
        """Note how many threads a run began and ended with, and whether the process never waited.

        Where none was added, fewer may do: threads take turns at the interpreter, which costs time.
        """
        if ended > began:
            self._threads[root] = ended
        elif began == self.threads(root):
            self._threads[root] = max(1 if is_busy else self._at_first, began // 2)
