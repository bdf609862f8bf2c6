"""Events of assets and checks, stored in both databases that Dagster may have and read by it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline.orchestration.runtime.dagster_private import SqlEventLogStorageTable
from seqauto_pipeline.orchestration.runtime.event_batches import answer, shorten, tell
from seqauto_pipeline.orchestration.runtime.event_entries import Source, materialized

ASSET = dg.AssetKey("runs")
LONG = {"lacking": dg.MetadataValue.int(3), "samples": dg.MetadataValue.md("| ✘ |" * 500)}


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def instance(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    config = "telemetry: {enabled: false}\n"
    if request.param == "PostgreSQL":
        monkeypatch.setenv("URL_OF_TEST", request.getfixturevalue("postgres_url"))
        config += "storage: {postgres: {postgres_url: {env: URL_OF_TEST}}}\n"
    (tmp_path / "dagster.yaml").write_text(config)
    with dg.DagsterInstance.from_config(str(tmp_path)) as opened:
        yield opened


def test_pages_and_answers_are_read_as_they_were_told(instance):
    source = Source(dg.DagsterRun(job_name="a_scan"), "create_models")
    pages = [
        dg.AssetMaterialization(ASSET, f"page {number}", LONG, f"run {number}", tags={"k": "v"})
        for number in range(60)
    ]
    answers = [
        dg.AssetCheckEvaluation(
            asset_key=ASSET,
            check_name=f"check {number}",
            passed=False,
            description="Fails for 1.",
            metadata={"rows": dg.MetadataValue.table([dg.TableRecord({"a": number})])},
        )
        for number in range(3)
    ]

    tell(instance, [materialized(each, source, 12.5) for each in pages])
    tell(instance, [])
    answer(instance, answers, source)

    records = instance.fetch_materializations(ASSET, limit=100).records[::-1]
    assert [each.asset_materialization for each in records] == pages
    assert len({each.storage_id for each in records}) == len(pages)
    for each in answers:
        key = dg.AssetCheckKey(ASSET, each.check_name)
        [found] = instance.event_log_storage.get_asset_check_execution_history(key, limit=2)
        assert found.event.dagster_event.event_specific_data == each
    kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION
    rows = instance.all_logs(source.run.run_id, of_type=kind)
    assert [each.dagster_event.event_specific_data.metadata for each in rows] == [{}] * 3

    later = Source(dg.DagsterRun(job_name="a_scan"), "create_models")
    for each in (source, later, later, Source(dg.DagsterRun(job_name="a_scan"), "create_models")):
        answer(instance, answers, each)  # twice by a step that is run again

    for each in answers:
        key = dg.AssetCheckKey(ASSET, each.check_name)
        history = instance.event_log_storage.get_asset_check_execution_history(key, limit=4)
        newest, before, older = (every.event.dagster_event.event_specific_data for every in history)
        assert newest == before == each
        assert older.metadata == {}
        assert (older.description, older.passed) == (each.description, each.passed)

    shorten(instance, records[:10])

    after = instance.fetch_materializations(ASSET, limit=100).records[::-1]
    for before, now in zip(records[:10], after[:10], strict=True):
        left = now.asset_materialization
        assert left.metadata == {"lacking": LONG["lacking"]}
        assert left.description == before.asset_materialization.description
        assert left.partition == before.partition_key == now.partition_key
    assert after[10:] == records[10:]


def test_what_is_told_of_several_assets_at_once_is_stored_as_dagster_would(instance):
    source = Source(dg.DagsterRun(job_name="a_scan"), "create_models")
    of_kits = [dg.AssetMaterialization(f"qc_{kit}", f"{kit} {n}") for n in "12" for kit in "ab"]
    page = materialized(dg.AssetMaterialization(ASSET, "page", partition="run"), source, 12.5)

    tell(instance, (page, *(materialized(each, None, 7.5) for each in of_kits)))

    newest = [instance.get_latest_materialization_event(each.asset_key) for each in of_kits[:2]]
    assert [each.asset_materialization.description for each in newest] == ["a 2", "b 2"]
    assert {each.timestamp for each in newest} == {7.5}
    [of_the_run] = instance.all_logs(source.run.run_id)
    assert of_the_run.dagster_event.message == "page"
    storage, columns = instance.event_log_storage, SqlEventLogStorageTable.c
    with storage.index_connection() as connection:
        row = connection.execute(SqlEventLogStorageTable.select()).mappings().first()
    but_for_its_bytes = {name: value for name, value in row.items() if name not in ("id", "event")}
    expected = {**dict.fromkeys(columns.keys()), **storage._event_to_row(page)}
    assert but_for_its_bytes == {name: expected[name] for name in but_for_its_bytes}
