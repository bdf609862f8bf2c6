"""QC over time: for each kit and each sequencer the figures of its runs, in the order of time."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.report.names import QC, qc_slug
from seqauto_pipeline.report.summary import RunSummary, Spread

_MOST_FIGURES = 60  # of one kit


@dataclass(frozen=True, slots=True)
class Subject:
    """A kit or sequencer with the runs that have figures, the oldest first."""

    kind: str  # kit or sequencer
    name: str
    members: tuple[RunSummary, ...]

    @property
    def slug(self) -> str:
        return qc_slug(self.kind, self.name)

    @property
    def page(self) -> str:
        return f"{QC}/{self.slug}.html"

    @property
    def title(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def runs(self) -> str:
        return counted(len(self.members), "run")

    def data(self) -> dict[str, object]:
        """Give the figures to the pages that draw them: a point is a run's number and values."""
        points: dict[str, list[tuple[float, ...]]] = defaultdict(list)
        for number, member in enumerate(self.members):
            if self.kind == "kit":
                for name, spread in member.of_samples.items():
                    points[name].append((number, *spread))
            else:
                for name, value in member.of_run.items():
                    points[name].append((number, value))
        return {
            "runs": [(each.name, each.page, each.date) for each in self.members],
            "figures": list(points.items())[:_MOST_FIGURES],
        }


def subjects(summaries: Sequence[RunSummary]) -> tuple[Subject, ...]:
    """List the kits and then the sequencers that have figures, those with most runs first."""
    return (*_of_kind("kit", summaries), *_of_kind("sequencer", summaries))


def _of_kind(kind: str, summaries: Sequence[RunSummary]) -> Iterator[Subject]:
    found: dict[str, list[RunSummary]] = defaultdict(list)
    for each in sorted(summaries, key=lambda each: (each.date, each.name)):
        figures: dict[str, Spread] | dict[str, float]
        name, figures = (
            (each.kit, each.of_samples) if kind == "kit" else (each.sequencer, each.of_run)
        )
        if name and each.date and figures:
            found[name].append(each)
    sizes = Counter({name: len(members) for name, members in found.items()})
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        yield Subject(kind, name, tuple(found[name]))
