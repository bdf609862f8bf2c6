"""A run's figures, as Illumina's library sums them up: in rows for people, and as QC content.

The content has the fields of Illuminate's report, in its units, so that runs of both kinds can be
compared; what the report never had stands beside them.
"""

from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import TypeAlias

from seqauto_pipeline.core.qc.values import JsonObject, JsonValue

LaneRow: TypeAlias = tuple[str | int | float | None, ...]

_SHOWN_OF_LANE = (
    "tile_count",
    "density_k_per_mm2",
    "pct_pf",
    "reads_pf_m",
    "yield_gb",
    "pct_q30",
    "error_rate",
    "pct_aligned_phix",
)
_SHOWN_DECIMALS = 2


def lane_rows(figures: JsonObject) -> Iterator[LaneRow]:
    """Give a row for each read and lane: its name, the lane, and what is shown of it."""
    for read in objects(figures["reads"]):
        name = f"{read['number']} (index)" if read["is_index"] else str(read["number"])
        for lane in objects(read["lanes"]):
            values = (_rounded(lane[key]) for key in _SHOWN_OF_LANE)
            yield (name, _rounded(lane["lane"]), *values)


def _rounded(value: JsonValue) -> int | float | None:
    if isinstance(value, float):
        return round(value, _SHOWN_DECIMALS)
    return value if isinstance(value, int) else None


def objects(value: JsonValue) -> Sequence[JsonObject]:
    """Take the objects out of a JSON list."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return [each for each in value if isinstance(each, dict)]


def qc_content(figures: JsonObject) -> JsonObject:
    """Give a run's figures as content of the type ``illumina_qc``.

    Densities are in clusters per mm², clusters and reads are counts, yields are in Gb.
    """
    reads = objects(figures["reads"])
    lanes = objects(reads[0]["lanes"]) if reads else ()
    total = figures["non_index_total"]
    return {
        "mean_cluster_density": _scaled(_mean(lanes, "density_k_per_mm2"), 1e3),
        "mean_pf_cluster_density": _scaled(_mean(lanes, "density_pf_k_per_mm2"), 1e3),
        "total_clusters": _scaled(_sum(lanes, "reads_m"), 1e6),
        "total_pf_clusters": _scaled(_sum(lanes, "reads_pf_m"), 1e6),
        "percentage_of_clusters_pf": _mean(lanes, "pct_pf"),
        "aligned_to_phix": total.get("pct_aligned_phix") if isinstance(total, dict) else None,
        "yield_gb": total.get("yield_gb") if isinstance(total, dict) else None,
        "percent_q30": total.get("pct_q30") if isinstance(total, dict) else None,
        "error_rate": total.get("error_rate") if isinstance(total, dict) else None,
        "reads": [_read(each) for each in reads],
        "index_counts": _index_counts(objects(figures["index_counts"])),
        "lanes_identified": [
            {"lane": each["lane"], "reads_pf": each["reads_pf"], "percent": each["pct_identified"]}
            for each in objects(figures["index_counts"])
        ],
        "computed_from": "InterOp",
    }


def _read(read: JsonObject) -> JsonObject:
    return {
        "number": read["number"],
        "is_index": read["is_index"],
        "percent_q30": read["pct_q30"],
        "cycles": read["cycles"],
        "yield_gb": read["yield_gb"],
        "error_rate": read["error_rate"],
        "percent_aligned_to_phix": read["pct_aligned_phix"],
        "lanes": read["lanes"],
    }


def _index_counts(lanes: Sequence[JsonObject]) -> list[JsonValue]:
    counts: list[JsonValue] = []
    for lane in lanes:
        for each in objects(lane["samples"]):
            index = "+".join(str(part) for part in (each["index"], each["index2"]) if part)
            counts.append(
                {
                    "index": index,
                    "project": each["project"],
                    "name": each["sample_id"],
                    "reads": each["reads"],
                    "lane": lane["lane"],
                }
            )
    return counts


def _numbers(lanes: Sequence[JsonObject], key: str) -> list[float]:
    values = (each[key] for each in lanes)
    return [float(value) for value in values if isinstance(value, int | float)]


def _mean(lanes: Sequence[JsonObject], key: str) -> float | None:
    numbers = _numbers(lanes, key)
    return round(fmean(numbers), 4) if numbers else None


def _sum(lanes: Sequence[JsonObject], key: str) -> float | None:
    numbers = _numbers(lanes, key)
    return sum(numbers) if numbers else None


def _scaled(value: float | None, factor: float) -> int | None:
    return None if value is None else round(value * factor)
