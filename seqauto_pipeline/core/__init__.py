"""Pure rules: values in, values out. No disk, SQL, Dagster, clock or environment."""
