"""What a shell completes: commands, options and names, without importing any command."""
