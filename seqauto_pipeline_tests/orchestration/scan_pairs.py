"""Two scans at once, started in two ways: what came of them."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from seqauto_pipeline.orchestration.history import ScanState, scan_story
from seqauto_pipeline_tests.orchestration.scan_site import (
    Site,
    Way,
    eventually,
    has_lock,
    span,
    status,
    waits,
)

_TEMPTATION_SECONDS = 0.5  # for which the second could overtake
_ENDED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    first: Way
    second: Way
    states: tuple[ScanState, ...]
    overlap: bool
    skipped: str = ""  # why the second, a tick, was skipped

    @property
    def is_right(self) -> bool:
        finished = all(state is ScanState.FINISHED for state in self.states)
        return finished and not self.overlap and (len(self.states) == 2 or bool(self.skipped))


def pairs() -> Iterator[tuple[Way, Way]]:
    """Every pair; a tick comes first, for one during a scan is skipped, as the last pair shows."""
    others = [way for way in Way if way is not Way.SCHEDULE]
    yield from itertools.combinations_with_replacement(others, 2)
    yield from ((Way.SCHEDULE, way) for way in (*others, Way.SCHEDULE))


def run_pair(site: Site, instance: dg.DagsterInstance, first: Way, second: Way) -> Outcome:
    """Hold the first scan in its first step, start the second, let both go on."""
    begun = time.time()
    skipped = ""
    with site.held():
        scans = [site.begin(instance, first)]
        eventually(lambda: has_lock(instance, scans[0]))
        if second is Way.SCHEDULE:
            skipped = _skipped_tick(site, instance, begun)
        else:
            scans.append(site.begin(instance, second))
            eventually(lambda: waits(instance, scans[1]))
        time.sleep(_TEMPTATION_SECONDS)
    eventually(lambda: all(status(instance, scan) in _ENDED for scan in scans))
    stories = [scan_story(instance, scan) for scan in scans]
    spans = sorted(span(story) for story in stories if story.steps)
    overlap = any(begin < end for (_, end), (begin, _) in itertools.pairwise(spans))
    return Outcome(first, second, tuple(story.state for story in stories), overlap, skipped)


def _skipped_tick(site: Site, instance: dg.DagsterInstance, since: float) -> str:
    site.configure(ticks=True)
    reasons: list[str] = []

    def is_skipped() -> bool:
        for state in instance.all_instigator_state():
            ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=3)
            reasons.extend(
                tick.skip_reason
                for tick in ticks
                if tick.timestamp > since and "No scan: scan" in (tick.skip_reason or "")
            )
        return bool(reasons)

    eventually(is_skipped)
    site.configure(ticks=False)
    return reasons[0]
