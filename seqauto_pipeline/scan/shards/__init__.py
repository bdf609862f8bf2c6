"""A scan cut into shards, which several processes work on: the parts of its steps."""
