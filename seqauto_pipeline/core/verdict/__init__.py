"""What one scan says of a sequencing run, and what changes in its records."""
