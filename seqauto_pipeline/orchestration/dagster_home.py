"""Where Dagster keeps its own state, and the instance configuration that a new home gets."""

import os
from collections.abc import Mapping
from pathlib import Path

from seqauto_pipeline.settings import HOME_VARIABLE

CONFIG_NAME = "dagster.yaml"
INSTANCE_CONFIG = """\
# How Dagster works here. It reads this file from $DAGSTER_HOME; without one, from the directory
# that `dagster dev` or `dagster job execute` is started in.

# Runs, events and schedules: in PostgreSQL where the setting database_url names it, beside the file
# models. Else in SQLite: below $DAGSTER_HOME, or below .dagster of the working directory where none
# is exported.
storage:
  custom:
    module: seqauto_pipeline.orchestration.runtime.storage
    class: HomeStorage
    config: {}
local_artifact_storage:
  module: seqauto_pipeline.orchestration.runtime.storage
  class: HomeArtifactStorage

# Our ops print nothing; their errors and progress are events. Two processes less per scan.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager

# Queued scans leave the queue one at a time. What is started past the queue waits for a lock.
run_queue:
  tag_concurrency_limits:
    - key: seqauto/scan
      limit: 1
  dequeue_interval_seconds: 1

# A scan whose process died is shown as failed within seconds, and done again once from the step
# that died. Errors of a scan's own are never retried.
run_launcher:
  module: seqauto_pipeline.orchestration.runtime.launcher
  class: SeqAutoRunLauncher
run_monitoring:
  enabled: true
  poll_interval_seconds: 10
  start_timeout_seconds: 60
  cancel_timeout_seconds: 30
run_retries:
  enabled: true
  max_retries: 1
  retry_on_asset_or_op_failure: false

retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 7
      success: 90
      failure: 90

telemetry:
  enabled: false
nux:
  enabled: false
"""


def home_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Give the exported DAGSTER_HOME, which always wins; else `.dagster` where we are."""
    named = (os.environ if environ is None else environ).get(HOME_VARIABLE)
    return Path(named) if named else Path.cwd() / ".dagster"


def write_default_instance_config(home: Path) -> bool:
    """Give a home its dagster.yaml, and say whether it had none. An existing one is kept."""
    path = home / CONFIG_NAME
    if path.exists() or path.with_suffix(".yml").exists():
        return False
    draft = path.with_name(f"{CONFIG_NAME}.{os.getpid()}")
    draft.write_text(INSTANCE_CONFIG)
    draft.replace(path)  # whole or not at all: another process may be reading it
    return True
