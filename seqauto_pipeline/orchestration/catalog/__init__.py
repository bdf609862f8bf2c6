"""The catalog of the web UI: what scans tell of sequencing runs, files and QC, as assets."""
