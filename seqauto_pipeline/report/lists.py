"""The lists of the report: runs, samples, open problems. Made from the summaries of all runs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.report.summary import Problem, RunSummary
from seqauto_pipeline.views.words import listed

_MOST_PROBLEMS = 200  # of one code on the page of all; the rest is on the pages of the runs
_MOST_OPEN = 20  # problems of a group that is shown without a click
_SEVERITIES = ("error", "warning", "info")


def runs_data(summaries: Sequence[RunSummary]) -> dict[str, object]:
    """Give the list of runs to the page that shows it. Words that repeat are numbers of words."""
    kits, sequencers, states = _Words(), _Words(), _Words()
    rows = [
        (
            each.name,
            each.page,
            kits.number(each.kit),
            each.date,
            sequencers.number(each.sequencer),
            states.number(each.state),
            each.found,
            each.expected,
            each.errors,
            each.warnings,
            each.waits_for,
            each.since,
            each.words,
        )
        for each in summaries
    ]
    return {
        "kits": kits.words,
        "sequencers": sequencers.words,
        "states": states.words,
        "rows": rows,
    }


class _Words:
    """Numbers words in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers))

    @property
    def words(self) -> list[str]:
        return list(self._numbers)


def runs_sentence(summaries: Iterable[RunSummary]) -> str:
    """Say how many runs there are, and how many of them wait."""
    states = Counter(each.state for each in summaries)
    waiting = sum(bool(each.waits_for) for each in summaries)
    if not states:
        return "No sequencing run is known yet."
    told = listed([f"{number:,} {state}" for state, number in states.most_common()])
    return f"{counted(states.total(), 'run')}: {told}. {_waiting(waiting)}"


def _waiting(number: int) -> str:
    if not number:
        return "None waits for anything."
    return f"{number:,} {'waits' if number == 1 else 'wait'} for something."


def samples_data(summaries: Iterable[RunSummary]) -> list[object]:
    """Give the samples to the page that searches them, the newest runs first."""
    return [
        (each.name, each.page, each.date, "\n".join(each.samples), each.lacking)
        for each in summaries
        if each.samples
    ]


def samples_sentence(summaries: Sequence[RunSummary]) -> str:
    samples = sum(len(each.samples) for each in summaries)
    runs = sum(bool(each.samples) for each in summaries)
    return f"{counted(samples, 'sample')} of {counted(runs, 'run')}."


@dataclass(frozen=True, slots=True)
class ListedProblem:
    """An open problem, with the name and page of the run that has it."""

    problem: Problem
    run: str
    page: str  # "": it is of no run


@dataclass(frozen=True, slots=True)
class Group:
    """The open problems of one kind, the newest runs first."""

    code: str
    severity: str
    number: int
    problems: tuple[ListedProblem, ...]

    @property
    def title(self) -> str:
        return self.code.replace("_", " ").capitalize()

    @property
    def left_out(self) -> int:
        return self.number - len(self.problems)

    @property
    def is_open(self) -> bool:
        return self.number <= _MOST_OPEN


def problem_groups(summaries: Iterable[RunSummary], others: Iterable[Problem]) -> tuple[Group, ...]:
    """Group open problems by kind: errors first, then what most runs have.

    ``others``: of roots and whole scans.
    """
    numbers: Counter[tuple[str, str]] = Counter()
    kept: dict[tuple[str, str], list[ListedProblem]] = defaultdict(list)
    for each in _all_problems(summaries, others):
        kind = (each.problem.severity, each.problem.code)
        numbers[kind] += 1
        if numbers[kind] <= _MOST_PROBLEMS:
            kept[kind].append(each)
    order = sorted(numbers, key=lambda kind: (_SEVERITIES.index(kind[0]), -numbers[kind], kind))
    return tuple(Group(code, severity, numbers[severity, code], tuple(kept[severity, code]))
                 for severity, code in order)  # fmt: skip


def _all_problems(
    summaries: Iterable[RunSummary], others: Iterable[Problem]
) -> Iterator[ListedProblem]:
    for problem in others:
        yield ListedProblem(problem, "", "")
    for summary in summaries:
        for problem in summary.problems:
            yield ListedProblem(problem, summary.name, summary.page)


def problems_sentence(groups: Iterable[Group]) -> str:
    numbers: Counter[str] = Counter()
    for group in groups:
        numbers[group.severity] += group.number
    words: Mapping[str, tuple[str, str]] = {
        "error": ("error", "errors"),
        "warning": ("warning", "warnings"),
        "info": ("note", "notes"),
    }
    told = [counted(numbers[each], *words[each]) for each in _SEVERITIES if numbers[each]]
    return (
        f"{listed(told)}. Problems that somebody acknowledged are left out."
        if told
        else ("None is open.")
    )
