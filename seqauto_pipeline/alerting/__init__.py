"""Telling people: receivers of alerts, and the memory of what each was told."""
