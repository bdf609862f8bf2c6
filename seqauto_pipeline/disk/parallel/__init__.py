"""Worker threads and the second process that share a scan's work."""
