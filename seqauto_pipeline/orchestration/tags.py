"""The names of job and code location, and the tags by which Dagster's storage knows scans."""

SCAN_JOB = "seqauto_scan"
CODE_LOCATION = "seqauto_pipeline.definitions"  # as each workspace.yaml calls it

SCAN_TAG = "seqauto/scan"  # on every scan: the queue lets one at a time through
NO_WAIT_TAG = "seqauto/no_wait"  # give up at once where another scan runs

COVERS_TAG = "seqauto/covers"  # full, narrowed, which file list it uses again
STARTED_BY_TAG = "seqauto/started_by"

# For the machinery only: the web UI leaves out what begins so.
WORKER_TAG = ".dagster/seqauto_worker"  # which process works on it
LOCK_TAG = ".dagster/seqauto_lock"  # that it got the scan lock, and of which database
FENCE_TAG = ".dagster/seqauto_fence"  # the number it got with the lock, for processes that help it
BACKUP_TROUBLE_TAG = ".dagster/seqauto_backup"  # why no backup was made at its end
FAILURE_TAG = ".dagster/seqauto_failure"  # what the command line tells of a failure
RELEASED = "released"  # its value once the lock was given back
CANCELLED_TAG = ".dagster/seqauto_cancelled"  # the signal that cancelled it, or nothing

# Dagster's own. They have no public constants.
MAX_RETRIES_TAG = "dagster/max_retries"
WILL_RETRY_TAG = "dagster/will_retry"
RETRY_STRATEGY_TAG = "dagster/retry_strategy"
PARENT_RUN_TAG = "dagster/parent_run_id"
RETRY_NUMBER_TAG = "dagster/retry_number"
SCHEDULE_TAG = "dagster/schedule_name"
SENSOR_TAG = "dagster/sensor_name"
