import pytest

from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.moments import (
    dagster_id_of,
    is_moment,
    scan_at,
    scan_before,
    scans_during,
    span_of,
)
from seqauto_pipeline.views.open_models import OpenModels


@pytest.mark.parametrize(
    ("text", "start", "end"),  # it is 10:30 of 2026-02-01 in Adelaide
    [
        ("yesterday", "2026-01-31T00:00:00+10:30", "2026-02-01T00:00:00+10:30"),
        ("Today", "2026-02-01T00:00:00+10:30", "2026-02-02T00:00:00+10:30"),
        ("2026-01-04", "2026-01-04T00:00:00+10:30", "2026-01-05T00:00:00+10:30"),
        ("09:15", "2026-02-01T09:15:00+10:30", "2026-02-01T09:15:00+10:30"),
        ("2026-01-04 16:30", "2026-01-04T16:30:00+10:30", "2026-01-04T16:30:00+10:30"),
        ("2026-01-04T06:00:00Z", "2026-01-04T06:00:00+00:00", "2026-01-04T06:00:00+00:00"),
    ],
)
def test_days_and_times_are_read_in_the_configured_zone(
    models: OpenModels, text: str, start: str, end: str
) -> None:
    span = span_of(models, text)

    assert span is not None
    assert (span.start.isoformat(), span.end.isoformat()) == (start, end)
    assert is_moment(text)


@pytest.mark.parametrize("text", ["4", "latest", "20260104", "3abc0000"])
def test_what_names_a_scan_is_no_day(models: OpenModels, text: str) -> None:
    assert span_of(models, text) is None
    assert not is_moment(text)


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "25:00"])
def test_a_day_or_time_that_is_none_is_refused(models: OpenModels, text: str) -> None:
    with pytest.raises(NotFoundError, match="is no day or time"):
        span_of(models, text)


def test_a_day_is_the_last_scan_by_its_end_and_a_time_the_last_by_then(
    models: OpenModels,
) -> None:
    assert scan_at(models, "2026-01-02").id == 2
    assert scan_at(models, "2026-01-02 16:30").id == 2
    assert scan_at(models, "2026-01-02 16:29").id == 1
    assert scan_at(models, "yesterday").id == 4
    assert scan_at(models, "3abc").id == 3


def test_what_changed_since_a_day_begins_after_the_last_scan_before_it(
    models: OpenModels,
) -> None:
    assert [scan_before(models, text) for text in ("2026-01-03", "2020-01-01", "2")] == [2, 0, 2]


def test_a_day_has_the_scans_that_began_on_it(models: OpenModels) -> None:
    of_day = scans_during(models, "2026-01-03")
    of_scan = scans_during(models, "3")

    assert (of_day[0], of_day[1].id) == (of_scan[0], of_scan[1].id) == (2, 3)
    with pytest.raises(NotFoundError, match="No scan ran on 2026-01-20"):
        scans_during(models, "2026-01-20")


def test_the_id_of_dagster_is_found_by_number_and_day_and_kept_else(models: OpenModels) -> None:
    assert dagster_id_of(models, "3").startswith("3abc0000")
    assert dagster_id_of(models, "2026-01-02").startswith("2abc0000")
    assert dagster_id_of(models, "77") == "77"
