"""How Dagster runs a scan: executor, launcher, worker, storage."""
