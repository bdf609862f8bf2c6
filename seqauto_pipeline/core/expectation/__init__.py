"""Which files should exist: sheet rows and patterns to paths."""
