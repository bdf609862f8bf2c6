"""Files by type, and QC by kit, as the catalog plots them."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import dagster as dg

from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.orchestration.catalog.markdown import escaped, link, table
from seqauto_pipeline.orchestration.catalog.run_event import run_key
from seqauto_pipeline.orchestration.catalog.specs import OF_FILES, QC, RUNS, kit_asset
from seqauto_pipeline.views.run_digests import RunDigest
from seqauto_pipeline.views.web_ui import asset_path

_NOON = dt.time(12)
_ABSENT = (
    ("missing", DataState.NON_EXISTENT),
    ("gone", DataState.DELETED),
    ("unreadable", DataState.ERROR),
)


def file_events(counts: Mapping[tuple[str, str], int]) -> Iterator[dg.AssetMaterialization]:
    """Tell the files of each type that has an asset, all other types together as QC.

    ``counts`` are numbers of files by type and state.
    """
    by_asset: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for (kind, state), count in counts.items():
        by_asset[kind if kind in OF_FILES else QC][kind][state] += count
    for asset, kinds in by_asset.items():
        states = sum(kinds.values(), Counter())
        words = f"{_there(states):,} of {_expected(states):,} expected files are there."
        yield dg.AssetMaterialization(
            asset, description=words, metadata={**_figures(states), "by type": _by_type(kinds)}
        )


def _there(states: Mapping[str, int]) -> int:
    return states.get(DataState.COMPLETE, 0)


def _expected(states: Mapping[str, int]) -> int:
    return sum(states.values()) - states.get(DataState.SKIPPED, 0)


def _figures(states: Mapping[str, int]) -> dict[str, dg.MetadataValue]:
    there, expected = _there(states), _expected(states)
    percent = round(100.0 * there / expected, 2) if expected else 100.0
    return {
        "there": dg.MetadataValue.int(there),
        "expected": dg.MetadataValue.int(expected),
        **{word: dg.MetadataValue.int(states.get(state, 0)) for word, state in _ABSENT},
        "percent there": dg.MetadataValue.float(percent),
    }


def _by_type(kinds: Mapping[str, Mapping[str, int]]) -> dg.MetadataValue:
    rows = [
        (
            escaped(kind),
            f"{_there(states):,}",
            f"{_expected(states):,}",
            *(f"{states.get(state, 0):,}" for _, state in _ABSENT),
        )
        for kind, states in kinds.items()
    ]
    columns = ("type", "there", "expected", *(word for word, _ in _ABSENT))
    return dg.MetadataValue.md(table(columns, rows, "type"))


def kit_event(digest: RunDigest) -> tuple[dg.AssetMaterialization, float] | None:
    """Tell the QC of a run to the asset of its kit, at noon of the day of the sequencing."""
    run = digest.run
    if not digest.figures or run.enrichment_kit is None or run.date is None:
        return None
    metadata: dict[str, dg.MetadataValue] = {
        name: dg.MetadataValue.float(value) for name, value in digest.figures.items()
    }
    key = run_key(digest)
    metadata["sequencing run"] = dg.MetadataValue.md(link(key, asset_path(RUNS, key)))
    moment = dt.datetime.combine(run.date, _NOON, dt.UTC).timestamp()
    told = dg.AssetMaterialization(
        kit_asset(run.enrichment_kit), description=f"QC of {key}", metadata=metadata
    )
    return told, moment
