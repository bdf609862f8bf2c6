"""Faults put into a running installation, and what becomes of its records."""
