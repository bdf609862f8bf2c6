"""The layouts in force, as far as they can be read: what commands need to know of file types."""

from collections.abc import Collection

from seqauto_pipeline.core.expectation.run_layout import layout_of_run
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.layouts import shipped_layouts
from seqauto_pipeline.settings import Settings, layout_in_use

_EXEC_SUMMARY = "exec_summary"


def known_layouts(
    settings: Settings, judged_by: Collection[str] | None = None
) -> tuple[Layout, ...]:
    """Load the configured layouts, then the shipped ones, without those that are broken or gone.

    Where it is known what the runs in question were ``judged_by``, the other shipped ones are left
    out: it takes a while to read one.
    """
    configured = (root.layout for root in settings.scan_roots if root.layout is not None)
    shipped = (name for name in shipped_layouts() if judged_by is None or name in judged_by)
    names = dict.fromkeys((settings.layout, *configured, *shipped))
    loaded = (_loaded(name, settings) for name in names)
    return tuple(layout for layout in loaded if layout is not None)


def _loaded(name: str, settings: Settings) -> Layout | None:
    try:
        return layout_in_use(name, settings)
    except LayoutError:
        return None  # what is stored can be shown without it


def layout_of(run: SequencingRun, settings: Settings) -> Layout | None:
    """Find the layout that a sequencing run was judged by."""
    named = (each for each in known_layouts(settings) if each.name == run.layout)
    return next((layout_of_run(each, run.name) for each in named), None)


def ordered_types(types: Collection[str], layouts: Collection[Layout]) -> tuple[str, ...]:
    """Put file types into the order of the layouts; those that no layout names come last."""
    known = list(dict.fromkeys(each.name for layout in layouts for each in layout.file_types))
    rank = {name: number for number, name in enumerate(known)}
    return tuple(sorted(types, key=lambda name: (rank.get(name, len(known)), name)))


def exec_summary_types(layouts: Collection[Layout]) -> tuple[str, ...]:
    """List the types whose values the export gives under ``qc``."""
    types = {
        each.name
        for layout in layouts
        for each in layout.file_types
        if each.content == _EXEC_SUMMARY
    }
    return tuple(sorted(types | {_EXEC_SUMMARY}))
