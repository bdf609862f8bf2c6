"""VariantGrid's REST API over HTTP: one request at a time, each answer judged."""
