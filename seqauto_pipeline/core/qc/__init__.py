"""One module per kind of QC file. ``core/qc_tables.py`` is what the rest of the package imports."""
