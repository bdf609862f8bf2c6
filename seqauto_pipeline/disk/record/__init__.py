"""The record of a scan: what it saw, kept in one file."""
