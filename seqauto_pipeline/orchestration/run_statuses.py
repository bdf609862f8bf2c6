"""The statuses of Dagster's runs, by what they mean for a scan."""

import dagster as dg

# A queued scan is in neither: it has not begun, and has no process that could die.
STARTING = (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING)
WORKING = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)
UNDER_WAY = (*STARTING, *WORKING)

ENDED_BY_ITSELF = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)
ENDED = (*ENDED_BY_ITSELF, dg.DagsterRunStatus.CANCELED)
