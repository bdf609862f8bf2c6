"""The outbox: filled by scans, kept by senders, shown to people."""
