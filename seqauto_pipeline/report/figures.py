"""QC figures of one sequencing run: of its samples, each summed up; and of the run itself."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.queries.files import SampleContent
from seqauto_pipeline.report.summary import Spread

_MOST_FIGURES = 60  # names come from files: a run with more of them has something else in there
_LONGEST_NAME = 60  # characters
_DIGITS = 6  # that are worth showing
_NUMBERS = frozenset({int, float})  # as they are read from JSON; true and false are none
_OF_RUN: Mapping[str, str] = {
    "mean_cluster_density": "Cluster density (per mm²)",
    "mean_pf_cluster_density": "Cluster density, passing filter (per mm²)",
    "total_pf_clusters": "Clusters passing filter",
    "percentage_of_clusters_pf": "Clusters passing filter (%)",
    "aligned_to_phix": "Aligned to PhiX (%)",
}


def figures_of_samples(contents: Iterable[SampleContent]) -> dict[str, Spread]:
    """Sum up each figure of the exec summaries: lowest, median and highest of the samples."""
    found: dict[str, list[float]] = defaultdict(list)
    for content in contents:
        values = (content.data or {}).get("values")
        if isinstance(values, Mapping):
            for name, value in values.items():
                if type(value) in _NUMBERS:
                    found[name].append(value)
    names = list(found)[:_MOST_FIGURES]
    return {shown(name, limit=_LONGEST_NAME): _spread(found[name]) for name in names}


def figures_of_run(contents: Iterable[SampleContent]) -> dict[str, float]:
    """Give the figures of Illumina's report; of several such reports the last one's."""
    return {
        name: _rounded(value)
        for content in contents
        for name, value in _of_report(content.data or {})
    }


def _of_report(data: Mapping[str, object]) -> Iterator[tuple[str, float]]:
    for key, name in _OF_RUN.items():
        value = data.get(key)
        if isinstance(value, int | float):
            yield name, value
    reads = data.get("reads")
    for read in reads if isinstance(reads, list) else ():
        if isinstance(read, Mapping) and isinstance(read.get("percent_q30"), int | float):
            what = "index read" if read.get("is_index") else "read"
            yield f"Bases of Q30 or better, {what} {read.get('number')} (%)", read["percent_q30"]


def _spread(values: list[float]) -> Spread:
    values.sort()
    return (_rounded(values[0]), _rounded(statistics.median(values)), _rounded(values[-1]))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def figure_words(value: float) -> str:
    """Write a figure for people: ``1,742,070``, ``88.51``."""
    whole = value == int(value)
    return f"{value:,.0f}" if whole else f"{value:,.{_DIGITS}g}"
