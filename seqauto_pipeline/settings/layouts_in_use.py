"""Layouts as the settings have them used."""

from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.settings.model import Settings, job_recipes


def layout_in_use(name: str, settings: Settings) -> Layout:
    """Load a layout; with figures from InterOp where they are computed. Raises LayoutError.

    Of a type that jobs make, files are expected.
    """
    layout = load_layout(name)
    if settings.illumina_qc_from_interop:
        layout = layout.with_figures_from_interop()
    made: dict[str, tuple[str, ...]] = {}
    for recipe in job_recipes(settings):
        of_others = made.get(recipe.file_type, recipe.kits)
        made[recipe.file_type] = (*of_others, *recipe.kits) if of_others and recipe.kits else ()
    return layout.with_files_made(made) if made else layout
