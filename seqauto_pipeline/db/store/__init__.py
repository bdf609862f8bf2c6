"""What scans and people write to the file models."""
