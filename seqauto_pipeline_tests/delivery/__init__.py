"""Tests of what is delivered, to a server of their own that is as strict as VariantGrid's API."""
