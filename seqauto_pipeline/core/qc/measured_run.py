"""A run's figures against what its laboratory expects of them, and against its sample sheet."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.limits import Range, is_same, outside
from seqauto_pipeline.core.qc.run_figures import objects
from seqauto_pipeline.core.qc.values import JsonObject, listed, shown, warning

_NO_RANGE: Range = (None, None)
_LOOK = "Look at the run in the instrument's own software, and decide whether it is repeated."
_LOOK_AT_SHEET = "Compare the sheet's indexes with the index plate, and the pooling of the samples."


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What a laboratory expects of the figures of some runs."""

    kit: str | None = None  # None: every kit
    instrument: str | None = None  # model; None: every one
    percent_q30: Range = _NO_RANGE  # of the reads that are no index reads
    yield_gb: Range = _NO_RANGE  # of the same
    error_rate: Range = _NO_RANGE  # percent, by PhiX
    percent_phix: Range = _NO_RANGE
    percent_pf: Range = _NO_RANGE  # of each lane, as the next
    density: Range = _NO_RANGE  # thousands of clusters per mm²
    percent_identified: Range = _NO_RANGE  # reads of a lane that belong to a sample
    sample_share: Range = _NO_RANGE  # percent of what a sample of its lane has on average

    def apply_to(self, kit: str | None, model: str | None) -> bool:
        return _fits(self.kit, kit) and _fits(self.instrument, model)


def _fits(wanted: str | None, found: str | None) -> bool:
    return wanted is None or is_same(wanted, found)


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """What is known of a run whose figures are computed."""

    run_info: str  # path below the run folder
    run_parameters: str | None = None
    sample_ids: frozenset[str] = frozenset()  # of its sheet; empty: there is none
    limits: tuple[RunLimits, ...] = ()  # those that apply to it


def judge_figures(figures: JsonObject, run: MeasuredRun) -> tuple[Problem, ...]:
    """List what is out of range, and where the samples are not those of the sheet."""
    out_of_range = tuple(
        dict.fromkeys(each for limits in run.limits for each in _out_of_range(figures, limits))
    )
    found = []
    if out_of_range:
        message = f"The run's figures are out of range: {'; '.join(out_of_range)}"
        found.append(warning("ILLUMINA_QC_OUT_OF_RANGE", message, _LOOK))
    lanes = objects(figures["index_counts"])
    for limits in run.limits:
        found += _about_shares(lanes, limits.sample_share)
    return (*found, *_about_samples(lanes, run.sample_ids))


def _out_of_range(figures: JsonObject, limits: RunLimits) -> Iterator[str]:
    total = figures["non_index_total"]
    of_run = total if isinstance(total, dict) else {}
    yield from outside("% >= Q30", of_run.get("pct_q30"), limits.percent_q30)
    yield from outside("the yield in Gb", of_run.get("yield_gb"), limits.yield_gb)
    yield from outside("the error rate in %", of_run.get("error_rate"), limits.error_rate)
    yield from outside("% PhiX", of_run.get("pct_aligned_phix"), limits.percent_phix)
    reads = objects(figures["reads"])
    for lane in objects(reads[0]["lanes"]) if reads else ():
        where = f"of lane {lane['lane']}"
        density = lane["density_k_per_mm2"]
        yield from outside(f"% PF {where}", lane["pct_pf"], limits.percent_pf)
        yield from outside(f"the density in k/mm2 {where}", density, limits.density)
    for lane in objects(figures["index_counts"]):
        name = f"% of reads with a known index of lane {lane['lane']}"
        yield from outside(name, lane["pct_identified"], limits.percent_identified)


def _about_shares(lanes: Sequence[JsonObject], limits: Range) -> Iterator[Problem]:
    """Compare each sample's reads with the average of its lane."""
    for lane in lanes:
        reads = {str(each["sample_id"]): each["reads"] for each in objects(lane["samples"])}
        counts = {name: each for name, each in reads.items() if isinstance(each, int | float)}
        average = sum(counts.values()) / len(counts) if counts else 0
        if not average:
            continue
        odd = [
            f"{shown(name)} {share:.0f} %"
            for name, share in ((name, 100 * each / average) for name, each in counts.items())
            if next(outside(name, share, limits), None)
        ]
        if odd:
            message = (
                f"Samples of lane {lane['lane']} have too few or too many reads, in percent of "
                f"the lane's average: {listed(odd)}"
            )
            yield warning("ILLUMINA_QC_SAMPLE_SHARE", message, _LOOK_AT_SHEET)


def _about_samples(lanes: Sequence[JsonObject], sheet: frozenset[str]) -> Iterator[Problem]:
    found = Counter(str(each["sample_id"]) for lane in lanes for each in objects(lane["samples"]))
    unknown = sorted(set(found) - sheet)
    if not sheet or not unknown:
        return
    names = listed([shown(name) for name in unknown])
    message = f"The index metrics have samples that the sheet does not have: {names}"
    fix = "If the sheet was corrected, convert the run again; else see which sheet was used."
    yield warning("ILLUMINA_QC_OTHER_SAMPLES", message, fix)
