"""The newest sequencing runs by file types, drawn small enough to be shown in place."""

from collections.abc import Sequence

import dagster as dg

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.queries.runs import run_ids
from seqauto_pipeline.orchestration.catalog.markdown import INLINE, escaped, table
from seqauto_pipeline.orchestration.catalog.specs import OVERVIEW
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.readiness import lacking
from seqauto_pipeline.views.runs import RunLine, run_lines
from seqauto_pipeline.views.words import type_words

_NEWEST = 12
_LONGEST_ORDER = 300  # characters
_LEGEND = "■ all there, ◧ some missing, □ none there, · not expected"


def overview_event(models: OpenModels, waiting: int, known: int) -> dg.AssetMaterialization:
    """Draw the newest runs; ``waiting`` of all ``known`` ones are not ready."""
    ids = run_ids(models.session, with_hidden=False)[:_NEWEST]
    words = f"{waiting:,} of {known:,} sequencing runs wait."
    return dg.AssetMaterialization(
        OVERVIEW,
        description=words,
        metadata={
            "summary": dg.MetadataValue.text(words),
            "newest runs": dg.MetadataValue.md(picture(tuple(run_lines(models, ids)))),
            "waiting": dg.MetadataValue.int(waiting),
            "known": dg.MetadataValue.int(known),
        },
    )


def picture(lines: Sequence[RunLine]) -> str:
    """Draw runs by file types, with symbols that tell themselves apart without colours.

    A column for each type would be cut off in a window of 1,000 pixels.
    """
    kinds = tuple(dict.fromkeys(each.file_type for line in lines for each in line.files))
    rows = [(_name(line), "".join(_cell(line, kind) for kind in kinds)) for line in lines]
    order = escaped(", ".join(map(type_words, kinds)), _LONGEST_ORDER)
    legend = f"Files: {order}, in this order.\n\n{_LEGEND}"
    return f"{table(('run', 'files'), rows, 'run', INLINE - len(legend) - 2)}\n\n{legend}"


def _name(line: RunLine) -> str:
    day = f"{line.run.date:%Y-%m-%d} " if line.run.date else ""
    return escaped(f"{day}{shown(line.run.flowcell_id or line.run.name, 20)}")


def _cell(line: RunLine, kind: str) -> str:
    tally = next((each for each in line.files if each.file_type == kind), None)
    if tally is None or not tally.expected or line.data_state != RunState.COMPLETE:
        return "·"
    if not any(each == kind for each, *_ in lacking(line)):
        return "■"
    return "◧" if tally.found else "□"
