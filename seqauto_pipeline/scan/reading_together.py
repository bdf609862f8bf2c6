"""The contents of judged runs, asked for several runs at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count, groupby
from typing import TYPE_CHECKING

from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.disk.parallel.second_process import Submit
from seqauto_pipeline.scan.batches import BATCH_RUNS, batches
from seqauto_pipeline.scan.judging import JudgedRun, Verdict

if TYPE_CHECKING:
    from seqauto_pipeline.core.verdict.file_contents import Contents
    from seqauto_pipeline.disk.contents.loading import ContentRequests

_RUNS_OF_A_PROCESS = 8  # of two: one waits for the other no longer than these take


def with_contents(judged: Iterable[JudgedRun], submit: Submit) -> Iterator[JudgedRun]:
    """Ask for the contents of judged runs; there are none of a run whose verdict failed."""
    from seqauto_pipeline.disk.contents.loading import ContentRequests  # noqa: PLC0415  (judging)

    together = _RUNS_OF_A_PROCESS if submit.is_shared else BATCH_RUNS
    for _, of_root in groupby(judged, key=lambda run: run.listing.root):
        for runs in batches(of_root, together):
            verdicts = (run.verdict for run in runs)
            requests = ContentRequests(
                tuple(each.to_read for each in verdicts if isinstance(each, Verdict))
            )
            answers, numbers = submit(requests), count()
            for run in runs:
                if isinstance(run.verdict, Verdict):
                    contents = partial(_contents, requests, answers, next(numbers))
                    yield replace(run, contents=contents)
                else:
                    yield run


def _contents(
    requests: "ContentRequests", answers: "Callable[[], list[Contents]]", number: int
) -> "Contents":
    """Give the contents of one of some runs. Where reading them failed, it is read alone."""
    try:
        return answers()[number]
    except Exception:  # the boundary of one sequencing run: only that one fails
        (alone,) = replace(requests, runs=(requests.runs[number],)).load(KnownRoots())
        return alone
