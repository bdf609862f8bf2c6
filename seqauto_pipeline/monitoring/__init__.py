"""Whether the system is well, and who is told when it is not."""
