"""The metrics as text: what is told, and that it is what Prometheus reads."""

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.db.outbox.queries import ReceiverFacts
from seqauto_pipeline.db.queries.counts import ModelCounts
from seqauto_pipeline.monitoring.figures import Figures, FinishedScan, counts_of
from seqauto_pipeline.monitoring.metrics import metrics_text, write_metrics

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
COUNTS = ModelCounts(
    runs={"complete": 3, "deleted": 1},
    files={("fastq", "complete"): 8, ("fastq", "deleted"): 2, ("bam", "error"): 1},
    messages={"error": 4},
    unexpected_files=5,
    database_bytes=4096,
)
FINISHED = FinishedScan(NOW - dt.timedelta(hours=2), 61.5)


def values(figures: Figures) -> dict[str, float]:
    """Give each value by its name and labels, as Prometheus reads them."""
    return {
        f"{sample.name}{sorted(sample.labels.values()) or ''}": sample.value
        for family in text_string_to_metric_families(metrics_text(figures, NOW))
        for sample in family.samples
    }


def test_everything_is_told_with_nothing_as_zero():
    told = values(Figures(COUNTS, FINISHED, last_scan_failed=False, max_scan_age=DAY))

    assert told["seqauto_sequencing_runs['complete']"] == 3
    assert told["seqauto_sequencing_runs['error']"] == 0
    assert told["seqauto_files['deleted', 'fastq']"] == 2
    assert told["seqauto_files['bam', 'deleted']"] == 0
    assert told["seqauto_open_messages['error']"] == 4
    assert told["seqauto_open_messages['info']"] == 0
    assert told["seqauto_unexpected_files"] == 5
    assert told["seqauto_database_bytes"] == 4096
    assert told["seqauto_last_finished_scan_timestamp_seconds"] == FINISHED.at.timestamp()
    assert told["seqauto_last_finished_scan_duration_seconds"] == 61.5
    assert told["seqauto_last_scan_failed"] == 0
    assert told["seqauto_scan_max_age_seconds"] == 86400


@pytest.mark.parametrize(
    ("last", "overdue"),
    [(FINISHED, 0), (FinishedScan(NOW - DAY * 1.01, 1), 1), (None, 1)],
)
def test_a_scan_is_overdue_when_none_finished_for_long(last: FinishedScan | None, overdue: int):
    told = values(Figures(COUNTS, last, last_scan_failed=True, max_scan_age=DAY))

    assert told["seqauto_scan_overdue"] == overdue
    assert told["seqauto_last_scan_failed"] == 1


def test_before_the_first_scan_only_what_is_known_is_told():
    told = values(Figures(None, None, None, DAY))

    assert {name.partition("[")[0] for name in told} == {
        "seqauto_info",
        "seqauto_scan_overdue",
        "seqauto_scan_max_age_seconds",
    }


def test_a_database_that_no_scan_has_made_has_no_counts(tmp_path: Path):
    assert counts_of(f"sqlite:///{tmp_path}/seqauto.db", NOW, Archive()) is None
    assert list(tmp_path.iterdir()) == []


def test_the_page_tells_of_every_metric_and_label():
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()
    receiver = ReceiverFacts("json_lines", Counter(due=1), NOW)
    figures = Figures(
        COUNTS, FINISHED, last_scan_failed=False, max_scan_age=DAY, deliveries=(receiver,)
    )
    text = metrics_text(figures, NOW)

    names = re.findall(r"^# TYPE (\w+) gauge$", text, re.MULTILINE)
    labels = set(re.findall(r'(\w+)="', text))

    assert set(re.findall(r"^\| `(seqauto_\w+)` \|", page, re.MULTILINE)) == set(names)
    assert [label for label in labels if f"`{label}`" not in page] == []


def test_a_file_is_replaced_at_once_and_readable_for_all(tmp_path: Path):
    path = tmp_path / "seqauto.prom"
    path.write_text("old")
    path.chmod(0o600)

    write_metrics(path, "new\n")

    assert path.read_text() == "new\n"
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path):
    path = tmp_path / "seqauto.prom"
    path.mkdir()

    with pytest.raises(IsADirectoryError):
        write_metrics(path, "new\n")

    assert list(tmp_path.iterdir()) == [path]
