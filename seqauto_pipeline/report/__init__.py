"""The report: static pages of all sequencing runs, made from the views. `update.py` is the flow."""
