"""Figures for Prometheus, in the text format that the node exporter's textfile collector reads."""

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.db.outbox.queries import STATES, ReceiverFacts
from seqauto_pipeline.db.queries.counts import ModelCounts
from seqauto_pipeline.monitoring.figures import Figures

Values: TypeAlias = Mapping[tuple[str, ...], float]  # by the values of the labels

_READABLE_BY_ALL = 0o644  # the node exporter has an account of its own


def metrics_text(figures: Figures, now: dt.datetime) -> str:
    """Write figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Figures(figures, now))
    return generate_latest(registry).decode()


def write_metrics(path: Path, text: str) -> None:
    """Put the text in the place of a file at once: it is never read half written."""
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.chmod(_READABLE_BY_ALL)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class _Figures(Collector):
    """Gives figures as prometheus-client asks for them."""

    def __init__(self, figures: Figures, now: dt.datetime) -> None:
        self._figures, self._now = figures, now

    def collect(self) -> Iterator[Metric]:
        yield _gauge("info", "The program.", {(version("seqauto-pipeline"),): 1}, ["version"])
        yield from _of_scans(self._figures, self._now)
        if self._figures.counts is not None:
            yield from _of_models(self._figures.counts)
        if self._figures.deliveries:
            yield from _of_deliveries(self._figures.deliveries)


def _of_scans(figures: Figures, now: dt.datetime) -> Iterator[Metric]:
    last, max_age = figures.last_finished, figures.max_scan_age
    yield _one(
        "scan_overdue",
        "1 when no scan of everything has finished for longer than max_scan_age_hours.",
        last is None or now - last.at > max_age,
    )
    yield _one("scan_max_age_seconds", "What max_scan_age_hours allows.", max_age.total_seconds())
    if last is not None:
        yield _one(
            "last_finished_scan_timestamp_seconds",
            "When the last scan of everything finished.",
            last.at.timestamp(),
        )
        yield _one("last_finished_scan_duration_seconds", "How long it took.", last.seconds)
    if figures.last_scan_failed is not None:
        yield _one(
            "last_scan_failed", "1 when the last scan ended in an error.", figures.last_scan_failed
        )


def _of_models(counts: ModelCounts) -> Iterator[Metric]:
    kinds = sorted({kind for kind, _ in counts.files})
    runs: Values = {(str(state),): counts.runs.get(state, 0) for state in RunState}
    files: Values = {
        (kind, str(state)): counts.files.get((kind, state), 0)
        for kind in kinds
        for state in (*DataState, ARCHIVED)
    }
    messages: Values = {(str(each),): counts.messages.get(each, 0) for each in Severity}
    yield _gauge("sequencing_runs", "Sequencing runs, by state.", runs, ["state"])
    yield _gauge("files", "Expected files, by type and state.", files, ["file_type", "state"])
    yield _gauge("open_messages", "Messages that nobody acknowledged.", messages, ["severity"])
    yield _one("unexpected_files", "Files that nothing explains.", counts.unexpected_files)
    yield _one("database_bytes", "Size of the models database.", counts.database_bytes)


def _of_deliveries(receivers: Sequence[ReceiverFacts]) -> Iterator[Metric]:
    things: Values = {
        (each.name, state): each.by_state.get(state, 0) for each in receivers for state in STATES
    }
    oldest: Values = {
        (each.name,): each.oldest_due.timestamp() for each in receivers if each.oldest_due
    }
    failed: Values = {(each.name,): each.trouble is not None for each in receivers}
    labels = ["receiver", "state"]
    yield _gauge("deliveries", "Things for receivers, by state.", things, labels)
    text = "Since when the oldest thing that can be sent is wanted."
    yield _gauge("oldest_delivery_due_timestamp_seconds", text, oldest, ["receiver"])
    text = "1 when the last delivery ended early."
    yield _gauge("last_delivery_failed", text, failed, ["receiver"])


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"seqauto_{name}", text, value=float(value))


def _gauge(name: str, text: str, values: Values, labels: Sequence[str]) -> Metric:
    family = GaugeMetricFamily(f"seqauto_{name}", text, labels=labels)
    for own, value in values.items():
        family.add_metric(own, value)
    return family
