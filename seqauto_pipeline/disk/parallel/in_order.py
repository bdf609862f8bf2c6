"""Requests worked on in two processes, and their answers in the order of the requests."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from seqauto_pipeline.disk.parallel.second_process import Request, Submit

_REQUESTS_AHEAD = 8  # on their way while one is waited for: bounds memory

_Answer = TypeVar("_Answer")


def answers(submit: Submit, requests: Iterable[Request[_Answer]]) -> Iterator[_Answer]:
    """Have requests worked on, some ahead of who reads the answers."""
    pending: deque[Callable[[], _Answer]] = deque()
    for request in requests:
        pending.append(submit(request))
        if len(pending) > _REQUESTS_AHEAD:
            yield pending.popleft()()
    while pending:
        yield pending.popleft()()
