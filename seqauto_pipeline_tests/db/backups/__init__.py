"""Backups of the models database, made and put back."""
