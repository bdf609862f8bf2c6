"""Layouts as the settings have them used."""

from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.settings.model import Settings


def layout_in_use(name: str, settings: Settings) -> Layout:
    """Load a layout; with figures from InterOp where they are computed. Raises LayoutError."""
    layout = load_layout(name)
    return layout.with_figures_from_interop() if settings.illumina_qc_from_interop else layout
