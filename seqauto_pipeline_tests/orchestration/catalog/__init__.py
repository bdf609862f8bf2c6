"""What the catalog of the web UI is made of."""
