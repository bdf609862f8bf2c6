"""One scan, step by step, without Dagster."""
