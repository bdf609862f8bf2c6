"""Which private names of Dagster are used, and what for. Run this first after an upgrade of it.

It stands beside the rooms and imports nothing of the package: where a name is gone, the package
and the fixtures of the rooms cannot be imported any more.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

_PACKAGE = Path(__file__).parents[1] / "seqauto_pipeline"
_PRIVATE_NAMES = _PACKAGE / "orchestration" / "runtime" / "dagster_private.py"
_INSTANCE_CONFIG = Path(__file__).parents[1] / "dagster.yaml"
_OF_DAGSTER = re.compile(r"dagster(?:\._|_shared\.)\w+(?:\.\w+)*")

# What would stop working, by the full name.
USED_FOR = {
    "dagster._core.definitions.repository_definition.SINGLETON_REPOSITORY_NAME": (
        "to say in which repository the job of a command-line scan is, for its re-execution"
    ),
    "dagster._core.definitions.run_request.InstigatorType": (
        "to ask for the state of schedules, for `seqauto status`"
    ),
    "dagster._core.events.EngineEventData": (
        "to find the error of a scan that never ran, for `seqauto scans show`"
    ),
    "dagster._core.events.JobFailureData": (
        "to find the error of a scan that failed outside of its steps, for `seqauto scans show`"
    ),
    "dagster._core.events.StepMaterializationData": (
        "to tell the catalog of many sequencing runs in one transaction"
    ),
    "dagster._core.execution.api.execute_run": (
        "to run the scan of `seqauto scan` in its own process, with an origin that a web server "
        "can re-execute"
    ),
    "dagster._core.execution.context.system.PlanOrchestrationContext": (
        "as a type, of what the executor that holds the scan lock is given"
    ),
    "dagster._core.execution.plan.plan.ExecutionPlan": (
        "as a type, of what the executor that holds the scan lock is given"
    ),
    "dagster._core.execution.retries.RetryMode": (
        "as a type, of what the executor that holds the scan lock says of retries"
    ),
    "dagster._core.executor.step_delegating.CheckStepHealthResult": (
        "to say whether the Kubernetes job of a step is well"
    ),
    "dagster._core.executor.step_delegating.StepDelegatingExecutor": (
        "to have the steps of a scan in shards done by jobs of Kubernetes"
    ),
    "dagster._core.executor.step_delegating.StepHandler": (
        "to make the Kubernetes jobs of steps, with what our settings say of them"
    ),
    "dagster._core.executor.step_delegating.StepHandlerContext": (
        "as a type, of what is known of a step whose Kubernetes job is made"
    ),
    "dagster._core.instance.utils.RUNLESS_JOB_NAME": (
        "to tell the catalog of QC at the day of the sequencing, beside any Dagster run"
    ),
    "dagster._core.instance.utils.RUNLESS_RUN_ID": (
        "to tell the catalog of QC at the day of the sequencing, beside any Dagster run"
    ),
    "dagster._core.launcher.CheckRunHealthResult": (
        "to tell run_monitoring that the process of a scan died"
    ),
    "dagster._core.launcher.WorkerStatus": (
        "to tell run_monitoring that the process of a scan died"
    ),
    "dagster._core.remote_origin.RegisteredCodeLocationOrigin": (
        "to say in which code location the job of a command-line scan is, and to tell such scans "
        "from those of the web UI"
    ),
    "dagster._core.remote_origin.RemoteRepositoryOrigin": (
        "to say in which code location the job of a command-line scan is"
    ),
    "dagster._core.scheduler.instigation.InstigatorState": (
        "as a type, of a schedule's state in `seqauto status`"
    ),
    "dagster._core.scheduler.instigation.ScheduleInstigatorData": (
        "to take back ticks that a clock which was ahead dated in the future"
    ),
    "dagster._core.scheduler.instigation.SensorInstigatorData": (
        "to take back ticks that a clock which was ahead dated in the future"
    ),
    "dagster._core.scheduler.instigation.InstigatorStatus": (
        "to see whether the schedule was stopped, for `seqauto status`"
    ),
    "dagster._core.scheduler.instigation.TickStatus": (
        "to see whether the schedule's last tick failed, for `seqauto status`"
    ),
    "dagster._core.storage.base_storage.DagsterStorage": (
        "as a type, of the storage that the setting database_url chooses"
    ),
    "dagster._core.storage.event_log.SqlEventLogStorage": (
        "to delete old events that belong to no Dagster run"
    ),
    "dagster._core.storage.event_log.SqlEventLogStorageTable": (
        "to delete old events that belong to no Dagster run"
    ),
    "dagster._core.storage.event_log.schema.AssetCheckExecutionsTable": (
        "to delete old answers of asset checks"
    ),
    "dagster._core.storage.event_log.SqliteEventLogStorage": (
        "to make and open the files of events quickly, and to read them in a home that somebody "
        "may not write to"
    ),
    "dagster._core.storage.runs.SqliteRunStorage": (
        "to read runs, events and schedules of a home that somebody may not write to"
    ),
    "dagster._core.storage.schedules.SqliteScheduleStorage": (
        "to read runs, events and schedules of a home that somebody may not write to"
    ),
    "dagster._core.storage.legacy_storage.CompositeStorage": (
        "to be one class in dagster.yaml for both kinds of storage"
    ),
    "dagster._core.storage.noop_compute_log_manager.NoOpComputeLogManager": (
        "in dagster.yaml, to capture no output of ops"
    ),
    "dagster._core.storage.root.LocalArtifactStorage": (
        "to keep the outputs of ops in the home in force"
    ),
    "dagster._core.storage.sqlite_storage.DagsterSqliteStorage": (
        "to keep runs, events and schedules in SQLite files of the home"
    ),
    "dagster._serdes.ConfigurableClassData": (
        "as a type, of what dagster.yaml says of a storage class"
    ),
    "dagster._serdes.pack_value": (
        "to write the events of many sequencing runs in half the time and in fewer bytes"
    ),
    "dagster._utils.interrupts.capture_interrupts": (
        "to end a command-line scan in order at Ctrl-C and SIGTERM"
    ),
    "dagster_shared.error.SerializableErrorInfo": (
        "to read the error of a scan that failed, and to show a foreseen one as its sentence alone"
    ),
    "dagster._utils.schedules.schedule_execution_time_iterator": (
        "to tell the schedule's next ticks, and the last before a time, for `seqauto status` and "
        "the alert of a missed scan"
    ),
}


@pytest.mark.parametrize("name", USED_FOR)
def test_dagster_still_has(name: str) -> None:
    _require(name)


def test_a_name_that_is_gone_is_told_with_what_it_was_used_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("dagster._core.launcher.WorkerStatus")

    with pytest.raises(pytest.fail.Exception) as caught:
        _require("dagster._core.launcher.WorkerStatus")

    assert str(caught.value) == (
        f"Dagster {dg.__version__} has no dagster._core.launcher.WorkerStatus. "
        "It was used to tell run_monitoring that the process of a scan died: "
        "see seqauto_pipeline/orchestration/runtime/dagster_private.py"
    )


def test_a_module_that_is_gone_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(USED_FOR, "dagster._core.gone.Name", "to show this")

    with pytest.raises(pytest.fail.Exception, match=r"has no dagster\._core\.gone\.Name\. It was"):
        _require("dagster._core.gone.Name")


def test_this_list_is_what_the_package_uses() -> None:
    configured = _OF_DAGSTER.findall(_INSTANCE_CONFIG.read_text())
    classes = {name for name in USED_FOR if name.rpartition(".")[0] in configured}

    assert {*_imported(_PRIVATE_NAMES), *classes} == set(USED_FOR)
    assert len(classes) == len(configured) > 0


def test_no_other_module_uses_private_names() -> None:
    users = [path for path in _PACKAGE.rglob("*.py") if _OF_DAGSTER.search(path.read_text())]

    assert users == [_PRIVATE_NAMES]


def _require(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    try:
        getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError):
        place = _PRIVATE_NAMES.relative_to(_PACKAGE.parent)
        pytest.fail(
            f"Dagster {dg.__version__} has no {name}. It was used {USED_FOR[name]}: see {place}"
        )


def _imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("dagster"):
            yield from (f"{node.module}.{each.name}" for each in node.names)
