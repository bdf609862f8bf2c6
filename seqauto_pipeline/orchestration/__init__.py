"""The scan as a Dagster job: ops, schedule, lock and launcher around `pipeline`."""
