"""A layout tried on a real disk, without any database: what it finds, expects and misses."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.file_list import RootListing, RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline.core.verdict.reconcile import ScanIds, reconcile_files
from seqauto_pipeline.core.verdict.run_judgement import RunJudgement, judge_run
from seqauto_pipeline.core.verdict.run_parsing import parse_run

_FIRST_SCAN = ScanIds(1, None)
_MISSED = (DataState.NON_EXISTENT, DataState.ERROR)


@dataclass(frozen=True, slots=True)
class LayoutTrial:
    """What a layout makes of one root. Paths are below the root."""

    root: RootListing
    runs: Mapping[str, int]  # by state
    files: Mapping[tuple[str, str], int]  # by type and state
    problems: Mapping[tuple[str, str], int]  # by severity and code
    missed: tuple[tuple[str, str], ...]  # type and path; some, not all
    unexplained: tuple[str, ...]  # likewise
    unexplained_count: int
    examples: Mapping[str, Problem]  # one for each code
    samples_left_out: int = 0  # controls and failed ones, of which nothing is expected

    @property
    def other_directories(self) -> int:
        """How many directories at the depth of run folders are none."""
        return len(self.root.run_paths) - sum(self.runs.values())


def make_trial(
    root: RootListing,
    runs: Iterable[RunListing],
    layout: Layout,
    policy: SheetPolicy,
    *,
    most: int,
) -> LayoutTrial:
    """Judge every run folder as a first scan would; keep at most so many examples of each kind."""
    trial = _Trial(most)
    for listing in runs:
        judgement = judge_run(listing, parse_run(listing, layout, policy), layout, None)
        trial.add(listing, judgement)
    return LayoutTrial(
        root=root,
        runs=trial.runs,
        files=trial.files,
        problems=trial.problems,
        missed=tuple(trial.missed),
        unexplained=tuple(trial.unexplained),
        unexplained_count=trial.unexplained_count,
        examples=trial.examples,
        samples_left_out=trial.samples_left_out,
    )


@dataclass(slots=True)
class _Trial:
    """Counts what the run folders of a root come to."""

    most: int
    runs: Counter[str] = field(default_factory=Counter)
    files: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    unexplained_count: int = 0
    samples_left_out: int = 0
    examples: dict[str, Problem] = field(default_factory=dict)

    def add(self, listing: RunListing, judgement: RunJudgement) -> None:
        self.runs[judgement.record.data_state.value] += 1
        for change in reconcile_files(judgement.expected, listing, {}, {}, _FIRST_SCAN):
            file = change.new
            self.files[file.file_type, file.data_state.value] += 1
            if file.data_state in _MISSED and len(self.missed) < self.most:
                self.missed.append((file.file_type, path_from(listing.path, file.path)))
        left_out = {each.sample.sample_number for each in judgement.samples if each.skipped}
        self.samples_left_out += len(left_out)
        self.unexplained_count += len(judgement.unexpected)
        room = self.most - len(self.unexplained)
        unexplained = (path_from(listing.path, each.path) for each in judgement.unexpected[:room])
        self.unexplained += unexplained
        for problem in judgement.problems:
            self.problems[problem.severity.value, problem.code] += 1
            self.examples.setdefault(problem.code, problem)
