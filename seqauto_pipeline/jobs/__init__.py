"""Jobs that make missing files: recipes, what is due, back-ends and what became; no Dagster."""
