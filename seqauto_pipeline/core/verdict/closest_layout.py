"""Which of several layouts comes closest to what is on a disk, and in what it differs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.display import counted
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.verdict.layout_trial import LayoutTrial

_FITS = 0.5  # share of the expected files that is there: below it a layout does not fit


@dataclass(frozen=True, slots=True)
class Attempt:
    """A layout, perhaps at another depth than its own, tried on some run folders of a disk."""

    layout: Layout
    run_depth: int
    trial: LayoutTrial


@dataclass(frozen=True, slots=True)
class ClosestLayout:
    """The layout that comes closest, and what is otherwise on this disk."""

    name: str
    runs: int  # that were tried
    differences: tuple[str, ...]


def fits(trial: LayoutTrial) -> bool:
    """Tell whether a layout finds whole runs and half of what it expects of them."""
    return bool(trial.runs.get(RunState.COMPLETE)) and _share_found(trial) >= _FITS


def closest_of(attempts: Iterable[Attempt]) -> ClosestLayout | None:
    """Choose the attempt that finds most; None where none finds a run folder."""
    found = [each for each in attempts if sum(each.trial.runs.values())]
    if not found:
        return None
    best = max(found, key=_likeness)
    return ClosestLayout(best.layout.name, sum(best.trial.runs.values()), tuple(_differences(best)))


def _likeness(attempt: Attempt) -> tuple[float, float, bool]:
    runs = attempt.trial.runs
    complete = runs.get(RunState.COMPLETE, 0) / sum(runs.values())
    is_own_depth = attempt.run_depth == attempt.layout.run_depth
    return _share_found(attempt.trial), complete, is_own_depth


def _share_found(trial: LayoutTrial) -> float:
    expected = sum(trial.files.values())
    complete = DataState.COMPLETE.value
    found = sum(count for (_, state), count in trial.files.items() if state == complete)
    return found / expected if expected else 0.0


def _differences(attempt: Attempt) -> Iterator[str]:
    trial, layout = attempt.trial, attempt.layout
    if attempt.run_depth != layout.run_depth:
        yield (
            f"run folders lie {counted(attempt.run_depth, 'level')} below the root, and its "
            f"run_depth is {layout.run_depth}"
        )
    for state in (RunState.INCOMPLETE, RunState.ERROR):
        if count := trial.runs.get(state):
            yield f"{counted(count, 'run folder')} {state.value}: {_why(attempt, state)}"
    yield from _about_files(trial)
    if trial.unexplained_count:
        files = counted(trial.unexplained_count, "file")
        yield f"{files} in its directories that it does not explain, as {trial.unexplained[0]}"


def _why(attempt: Attempt, state: RunState) -> str:
    parts = attempt.layout.run
    if state is RunState.INCOMPLETE:
        markers = " or ".join(parts.markers) or "the instrument's own"
        return f"the completion marker is {markers}"
    return f"the sample sheet is {' or '.join(parts.sample_sheet)}"


def _about_files(trial: LayoutTrial) -> Iterator[str]:
    for kind in dict.fromkeys(kind for kind, _ in sorted(trial.files)):
        expected = sum(count for (each, _), count in trial.files.items() if each == kind)
        there = trial.files.get((kind, DataState.COMPLETE.value), 0)
        if there < expected:
            example = next((path for each, path in trial.missed if each == kind), None)
            more = f", as {example}" if example else ""
            yield f"{kind}: {expected - there} of {expected} not where it expects them{more}"
