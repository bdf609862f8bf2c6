"""The versions of a run's sample sheet, each with what it changed."""

from dataclasses import dataclass

from seqauto_pipeline.db.queries.sheets import SheetRow
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.sheet_versions import version_difference
from seqauto_pipeline.views.whole_runs import WholeRun

_MOST_COMPARED = 10  # versions
_MOST_LINES = 200  # of each difference


@dataclass(frozen=True, slots=True)
class SheetVersion:
    sheet: SheetRow
    when: str
    lines: tuple[str, ...]  # what changed, sample by sample
    text: tuple[str, ...]  # what changed, line by line
    is_cut: bool  # more changed than is told


def sheet_history(models: OpenModels, whole: WholeRun) -> tuple[SheetVersion, ...]:
    """List the versions, the newest first; the newest of them are compared with those before."""
    versions = [
        _version(models, whole, sheet, is_compared=0 < number >= len(whole.sheets) - _MOST_COMPARED)
        for number, sheet in enumerate(whole.sheets)
    ]
    return tuple(reversed(versions))


def _version(
    models: OpenModels, whole: WholeRun, sheet: SheetRow, *, is_compared: bool
) -> SheetVersion:
    when = models.local(whole.times.time(sheet.first_scan_id))
    if not is_compared:
        return SheetVersion(sheet, when, (), (), is_cut=False)
    difference = version_difference(models, whole.run, None, sheet.version)
    lines, text = difference.samples.lines, tuple(difference.text_lines())
    is_cut = max(len(lines), len(text)) > _MOST_LINES
    return SheetVersion(sheet, when, lines[:_MOST_LINES], text[:_MOST_LINES], is_cut=is_cut)
