"""Look at a models database without changing or creating anything, and without a long wait."""
