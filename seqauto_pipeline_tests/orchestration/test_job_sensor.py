"""Jobs in scans of Dagster's: launched, asked for by the sensor, and looked at soon."""

import time
from collections import Counter

import dagster as dg
from sqlalchemy import create_engine, select

from seqauto_pipeline.db.models import ExpectedFile
from seqauto_pipeline.definitions import defs
from seqauto_pipeline.orchestration.catalog.specs import RUNS
from seqauto_pipeline.orchestration.history import ScanState
from seqauto_pipeline.orchestration.job_sensor import jobs_in_flight
from seqauto_pipeline_tests.orchestration.conftest import RUN, Lab, Scan

RECIPES = """
jobs_may_write_below = ["{root}"]
jobs_settle_minutes = 0
[[job_recipes]]
file_type = "vcf"
inputs = ["bam"]
command = ["cp", "{{bam}}", "{{output}}"]
memory_mb = 64
[[job_recipes]]
file_type = "gene_list"
inputs = ["vcf"]
script = "exit 7"
memory_mb = 64
"""


def _tick(instance: dg.DagsterInstance) -> dg.RunRequest | str:
    answered = jobs_in_flight(dg.build_sensor_context(instance, definitions=defs()))
    if isinstance(answered, dg.SkipReason):
        return answered.skip_message or ""
    assert isinstance(answered, dg.RunRequest)
    return answered


def _eventually_asks(instance: dg.DagsterInstance) -> dg.RunRequest:
    end = time.monotonic() + 30
    while isinstance(answered := _tick(instance), str):
        assert time.monotonic() < end, answered
        time.sleep(0.1)
    return answered


def _states(lab: Lab) -> Counter[tuple[str, str]]:
    engine = create_engine(lab.database_url)
    with engine.connect() as connection:
        rows = connection.execute(select(ExpectedFile.file_type, ExpectedFile.data_state)).all()
    engine.dispose()
    return Counter((kind, state) for kind, state in rows if kind in ("vcf", "gene_list"))


def test_what_a_job_made_is_found_by_a_scan_of_its_run_alone_and_what_waited_is_launched(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance
) -> None:
    lab.configure(RECIPES.format(root=lab.root))
    assert _tick(instance) == "No look: no job has ever been launched."

    first = scan()

    assert first.state is ScanState.FINISHED
    assert first.number("launched") == 1
    assert _states(lab)["vcf", "running"] == 1
    outputs = instance.all_logs(first.id, of_type=dg.DagsterEventType.STEP_OUTPUT)
    metadata = outputs[-1].get_dagster_event().step_output_data.metadata
    assert "/assets/sequencing_runs?view=partitions" in metadata["runs with new jobs"].value
    tables = first.steps[3].tables
    assert [(row["did"], row["file_type"]) for row in tables["jobs_launched"]] == [
        ("launched", "vcf")
    ]
    told = instance.get_latest_materialization_event(dg.AssetKey(RUNS))
    assert told is not None
    assert told.asset_materialization is not None
    assert "▶" in str(told.asset_materialization.metadata["samples"].value)
    assert "job 1, VCF 2" in str(told.asset_materialization.metadata["jobs"].value)
    request = _eventually_asks(instance)
    options = request.run_config["resources"]["options"]["config"]
    assert options == {"roots": [str(lab.root)], "runs": [RUN]}
    second = scan(**options)
    assert _states(lab)["vcf", "complete"] == 1
    assert second.number("launched") == 1  # the gene list, which is made of the VCF
    last = _eventually_asks(instance)
    lab.configure(f"scan_disks = false\n{RECIPES.format(root=lab.root)}")
    assert _tick(instance) == "Jobs have ended, and no scan is asked for: scan_disks is false."
    third = scan(**last.run_config["resources"]["options"]["config"])
    assert third.number("failed") == 0  # it was asked for before
    assert _states(lab)["gene_list", "non_existent"] == 1
    assert _tick(instance) == "No scan: no job has ended that is not looked at."
