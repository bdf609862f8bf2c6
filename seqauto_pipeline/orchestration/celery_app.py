"""The app of Celery's workers, which work on the shards of scans where shard_executor is celery.

``celery --app seqauto_pipeline.orchestration.celery_app worker`` reads the settings of the
DAGSTER_HOME in force once, when it starts.
"""

from dagster_celery.executor import CeleryExecutor
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

import seqauto_pipeline.orchestration.jobs  # noqa: F401  (once, for all processes that are forked)
from seqauto_pipeline.orchestration.runtime.shard_executors import celery_config
from seqauto_pipeline.orchestration.site import read_site

_config = celery_config(read_site().settings)
_executor = CeleryExecutor.for_cli(  # type: ignore[no-untyped-call]  # it has no types
    broker=_config["broker"], backend=_config["backend"], config_source=_config["config_source"]
)

app = make_app(_executor.app_args())  # type: ignore[no-untyped-call]
execute_plan = create_task(app)  # type: ignore[no-untyped-call]
