"""Jobs as they are stored: written by scans, by who asks back-ends, and by people."""
