"""What Dagster keeps of an event, in few bytes, it reads back as it was told."""

import math

import dagster as dg
import pytest
from dagster._serdes import deserialize_value, serialize_value

from seqauto_pipeline.orchestration.runtime.event_entries import (
    Source,
    evaluated,
    in_short,
    materialized,
    superseded,
    written,
)

METADATA = {
    "verdict": dg.MetadataValue.text("Lacks 1 of 2 — “S1” ✘"),
    "lacking": dg.MetadataValue.int(1),
    "share": dg.MetadataValue.float(0.5),
    "samples": dg.MetadataValue.md('| "a" | ✔ |\n| \\_ | ✘ |'),
    "folder": dg.MetadataValue.path('/"},"description":null}'),
    "rows": dg.MetadataValue.table([dg.TableRecord({"a": 1})]),
    "none": dg.MetadataValue.null(),
}
SOURCE = Source(dg.DagsterRun(job_name="a_scan"), "create_models")
PAGE = materialized(
    dg.AssetMaterialization("runs", "in words", METADATA, "a run", tags={"k": "v"}), None, 12.5
)


def test_an_event_in_fewer_bytes_is_the_same_event():
    text = serialize_value(PAGE)

    shorter = written(PAGE)

    assert deserialize_value(shorter, dg.EventLogEntry) == PAGE
    assert len(shorter.encode("utf-8")) < 0.9 * len(text)
    assert shorter.count("null") == text.count("null") - len(METADATA)


@pytest.mark.parametrize("odd", ["\ud800", math.inf])
def test_an_event_of_odd_values_can_be_stored_and_is_the_same_event(odd):
    told = dg.AssetMaterialization("runs", metadata={"odd": odd})
    page = materialized(told, None, 12.5)

    shorter = written(page)

    shorter.encode("utf-8")
    assert deserialize_value(shorter, dg.EventLogEntry) == page


def test_what_stays_of_a_page_is_its_description_and_its_numbers():
    event = superseded(PAGE).dagster_event

    told = event.step_materialization_data.materialization
    assert told.metadata == {"lacking": METADATA["lacking"]}
    assert (told.description, told.partition, event.message) == ("in words", "a run", None)


def test_a_check_in_short_has_no_tables():
    answer = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("runs"),
        check_name="all_found",
        passed=False,
        metadata=METADATA,
        severity=dg.AssetCheckSeverity.WARN,
        description="Fails for 1.",
    )

    short = in_short(evaluated(answer, SOURCE, 12.5)).dagster_event

    assert short.message == short.event_specific_data.description == "Fails for 1."
    assert short.event_specific_data.metadata == {
        name: value for name, value in METADATA.items() if name != "rows"
    }
    assert not short.event_specific_data.passed
    assert short.event_specific_data.severity is dg.AssetCheckSeverity.WARN
