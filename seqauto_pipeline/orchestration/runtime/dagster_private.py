"""Every name that we use of Dagster's private modules, and nothing else.

Dagster may move or change these in any release. After an upgrade run
``pytest seqauto_pipeline_tests/test_dagster_contract.py`` first: it says which of them is gone and
what it was used for. dagster.yaml names one more, the compute log manager.
"""

from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.events import EngineEventData, JobFailureData, StepMaterializationData
from dagster._core.execution.api import execute_run
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.step_delegating import (
    CheckStepHealthResult,
    StepDelegatingExecutor,
    StepHandler,
    StepHandlerContext,
)
from dagster._core.instance.utils import RUNLESS_JOB_NAME, RUNLESS_RUN_ID
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickStatus,
)
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log import (
    SqlEventLogStorage,
    SqlEventLogStorageTable,
    SqliteEventLogStorage,
)
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.legacy_storage import CompositeStorage
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.schedules import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData, pack_value
from dagster._utils.interrupts import capture_interrupts
from dagster._utils.schedules import schedule_execution_time_iterator
from dagster_shared.error import SerializableErrorInfo

__all__ = [
    "RUNLESS_JOB_NAME",
    "RUNLESS_RUN_ID",
    "SINGLETON_REPOSITORY_NAME",
    "AssetCheckExecutionsTable",
    "CheckRunHealthResult",
    "CheckStepHealthResult",
    "CompositeStorage",
    "ConfigurableClassData",
    "DagsterSqliteStorage",
    "DagsterStorage",
    "EngineEventData",
    "ExecutionPlan",
    "InstigatorState",
    "InstigatorStatus",
    "InstigatorType",
    "JobFailureData",
    "LocalArtifactStorage",
    "PlanOrchestrationContext",
    "RegisteredCodeLocationOrigin",
    "RemoteRepositoryOrigin",
    "RetryMode",
    "ScheduleInstigatorData",
    "SensorInstigatorData",
    "SerializableErrorInfo",
    "SqlEventLogStorage",
    "SqlEventLogStorageTable",
    "SqliteEventLogStorage",
    "SqliteRunStorage",
    "SqliteScheduleStorage",
    "StepDelegatingExecutor",
    "StepHandler",
    "StepHandlerContext",
    "StepMaterializationData",
    "TickStatus",
    "WorkerStatus",
    "capture_interrupts",
    "execute_run",
    "pack_value",
    "schedule_execution_time_iterator",
]
