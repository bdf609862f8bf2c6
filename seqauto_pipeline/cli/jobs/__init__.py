"""Commands about jobs that make missing files."""
