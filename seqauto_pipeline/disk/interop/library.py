"""What calls Illumina's library, imported only in the process that may die of it.

Source of the names: the library's own documentation, https://illumina.github.io/interop/.
"""

import math
from collections.abc import Iterator
from typing import Any

from interop import py_interop_run as run
from interop import py_interop_run_metrics as metrics
from interop import py_interop_summary as summaries

from seqauto_pipeline.core.qc.values import JsonObject

_DECIMALS = 4


def run_figures(folder: str) -> JsonObject:
    """Read the InterOp files below a directory that holds RunInfo.xml, too, and sum them up.

    Yield is in Gb, density in thousands per mm², reads in millions; None where the library has no
    number. Raises whatever the library raises.
    """
    loaded = metrics.run_metrics()
    wanted = run.uchar_vector(run.MetricCount, 0)
    metrics.list_summary_metrics_to_load(wanted)
    of_indexes = run.uchar_vector(run.MetricCount, 0)
    metrics.list_index_metrics_to_load(of_indexes)
    for group in range(len(wanted)):
        wanted[group] |= of_indexes[group]
    loaded.read(folder, wanted)
    summary = summaries.run_summary()
    summaries.summarize_run_metrics(loaded, summary)
    return {
        "run_name": loaded.run_info().name(),
        "total": _total(summary.total_summary()),
        "non_index_total": _total(summary.nonindex_summary()),
        "lane_count": summary.lane_count(),
        "reads": [_read(summary.at(place)) for place in range(summary.size())],
        "index_counts": list(_index_counts(loaded, summary.lane_count())),
        "tiles_read": loaded.tile_metric_set().size(),
    }


def _number(value: float) -> float | None:
    return round(float(value), _DECIMALS) if math.isfinite(value) else None


def _total(total: Any) -> JsonObject:
    return {
        "yield_gb": _number(total.yield_g()),
        "projected_yield_gb": _number(total.projected_yield_g()),
        "pct_q30": _number(total.percent_gt_q30()),
        "pct_aligned_phix": _number(total.percent_aligned()),
        "error_rate": _number(total.error_rate()),
        "first_cycle_intensity": _number(total.first_cycle_intensity()),
    }


def _read(read: Any) -> JsonObject:
    return {
        "number": read.read().number(),
        "cycles": read.read().total_cycles(),
        "is_index": read.read().is_index(),
        **_total(read.summary()),
        "lanes": [_lane(read.at(place)) for place in range(read.lane_count())],
    }


def _lane(lane: Any) -> JsonObject:
    return {
        "lane": lane.lane(),
        "tile_count": lane.tile_count(),
        "density_k_per_mm2": _number(lane.density().mean() / 1e3),
        "density_pf_k_per_mm2": _number(lane.density_pf().mean() / 1e3),
        "pct_pf": _number(lane.percent_pf().mean()),
        "pct_pf_sd": _number(lane.percent_pf().stddev()),
        "reads_m": _number(lane.reads() / 1e6),
        "reads_pf_m": _number(lane.reads_pf() / 1e6),
        "yield_gb": _number(lane.yield_g()),
        "pct_q30": _number(lane.percent_gt_q30()),
        "pct_aligned_phix": _number(lane.percent_aligned().mean()),
        "error_rate": _number(lane.error_rate().mean()),
        "phasing": _number(lane.phasing().mean()),
        "prephasing": _number(lane.prephasing().mean()),
        "cluster_count_mean": _number(lane.cluster_count().mean()),
        "pct_occupied": _number(lane.percent_occupied().mean()),
    }


def _index_counts(loaded: Any, lanes: int) -> Iterator[JsonObject]:
    """Give each lane's reads by sample; nothing without index metrics."""
    for lane in range(1, lanes + 1):
        if loaded.index_metric_set().size() == 0:
            return
        summary = summaries.index_lane_summary()
        summaries.summarize_index_metrics(loaded, lane, summary)
        yield {
            "lane": lane,
            "reads": _number(summary.total_reads()),
            "reads_pf": _number(summary.total_pf_reads()),
            "pct_identified": _number(summary.total_fraction_mapped_reads()),
            "samples": [
                {
                    "index": each.index1(),
                    "index2": each.index2(),
                    "sample_id": each.sample_id(),
                    "project": each.project_name(),
                    "reads": each.cluster_count(),
                    "pct_of_lane": _number(each.fraction_mapped()),
                }
                for each in map(summary.at, range(summary.size()))
            ],
        }
