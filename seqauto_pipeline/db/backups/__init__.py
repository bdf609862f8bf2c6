"""Copies of the models database: made while it is in use, checked, kept, and put back."""
