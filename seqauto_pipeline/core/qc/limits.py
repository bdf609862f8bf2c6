"""The QC figures that a laboratory sets limits for, by the names that people read."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.values import JsonValue, listed, warning

Range: TypeAlias = "tuple[float | None, float | None]"  # the least and the most; None: any

_NUMBER = (int, float)  # `int | float` would be made anew for each of a million figures
_EXEC_SUMMARY = "exec_summary"
_OF_RUN = {
    "mean_cluster_density": "cluster density",
    "percentage_of_clusters_pf": "% clusters PF",
    "total_pf_clusters": "clusters PF",
    "aligned_to_phix": "% PhiX",
}
_OF_READ = re.compile(r"% q30 read \d+")
_OF_FASTQ = {"total_sequences": "sequences", "gc": "% GC"}
_OF_BAM = {
    "mapped": "% mapped",
    "properly_paired": "% properly paired",
    "duplicates": "% duplicates",
}
_FIX = (
    "Look at the other figures, and decide whether it is repeated. If the limit is wrong, correct "
    "qc_limits in the settings."
)


@dataclass(frozen=True, slots=True)
class FigureLimit:
    """What a laboratory expects of one figure."""

    figure: str  # ignoring case
    limits: Range
    kit: str | None = None  # None: every kit

    @property
    def content(self) -> str:
        """Which kind of content has the figure: names that no other kind has are of summaries."""
        name = self.figure.casefold()
        if _OF_READ.fullmatch(name):
            return "illumina_qc"
        return _CONTENT_OF.get(name, _EXEC_SUMMARY)


def limits_of_kit(limits: Sequence[FigureLimit], kit: str | None) -> tuple[FigureLimit, ...]:
    return tuple(each for each in limits if each.kit is None or is_same(each.kit, kit))


def is_same(wanted: str, found: str | None) -> bool:
    """Whether two names of a kit or an instrument mean the same."""
    return wanted.casefold() == (found or "").casefold()


def judge_content(
    content: str, data: Mapping[str, object], limits: Sequence[FigureLimit]
) -> tuple[Problem, ...]:
    """Name the figures of a content of some kind that are out of range; one problem for all."""
    asked = [each for each in limits if each.content == content]
    if not asked:
        return ()
    figures = {name.casefold(): (name, value) for name, value in figures_of(content, data).items()}
    found = [
        text
        for each in asked
        if each.figure.casefold() in figures
        for text in outside(*figures[each.figure.casefold()], each.limits)
    ]
    if not found:
        return ()
    message = f"QC figures are out of range: {listed(tuple(dict.fromkeys(found)))}"
    return (warning("QC_OUT_OF_RANGE", message, _FIX),)


def outside(name: str, value: JsonValue, limits: Range) -> Iterator[str]:
    """Say that a figure is below the least or above the most; nothing of what is no number."""
    least, most = limits
    if not isinstance(value, int | float):
        return
    if least is not None and value < least:
        yield f"{name} is {value:.4g}, at least {least:g} was expected"
    if most is not None and value > most:
        yield f"{name} is {value:.4g}, at most {most:g} was expected"


def figures_of(content: str, data: Mapping[str, object]) -> dict[str, float]:
    """Give the figures of a content, by the name that people read; none of an unknown kind."""
    reader = _READERS.get(content)
    return reader(data) if reader is not None else {}


def _of_summary(data: Mapping[str, object]) -> dict[str, float]:
    values = data.get("values")
    return _numbers(values) if isinstance(values, Mapping) else {}


def _of_the_run(data: Mapping[str, object]) -> dict[str, float]:
    named = _numbers({word: data.get(key) for key, word in _OF_RUN.items()})
    reads = data.get("reads")
    for read in reads if isinstance(reads, list) else ():
        if not read["is_index"]:
            named |= _numbers({f"% Q30 read {read['number']}": read["percent_q30"]})
    return named


def _of_bam(data: Mapping[str, object]) -> dict[str, float]:
    total = data.get("total")
    if not isinstance(total, int | float) or not total:
        return {}
    counts = _numbers({word: data.get(key) for key, word in _OF_BAM.items()})
    return {word: 100 * count / total for word, count in counts.items()}


def _of_fastq(data: Mapping[str, object]) -> dict[str, float]:
    return _numbers({word: data.get(key) for key, word in _OF_FASTQ.items()})


def _numbers(values: Mapping[str, object]) -> dict[str, float]:
    return {
        str(name): float(value)
        for name, value in values.items()
        if isinstance(value, _NUMBER) and not isinstance(value, bool)
    }


_READERS: Mapping[str, Callable[[Mapping[str, object]], dict[str, float]]] = {
    _EXEC_SUMMARY: _of_summary,
    "illumina_qc": _of_the_run,
    "flagstat": _of_bam,
    "fastqc": _of_fastq,
}
_CONTENT_OF = {
    **{word.casefold(): "illumina_qc" for word in _OF_RUN.values()},
    **{word.casefold(): "flagstat" for word in _OF_BAM.values()},
    **{word.casefold(): "fastqc" for word in _OF_FASTQ.values()},
}
