"""One module per kind of QC file. ``readers`` is what the rest of the package imports."""
