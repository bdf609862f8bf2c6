"""Which pages of runs an update of the report has to write."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterator, Mapping

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.report.rendering import Site
from seqauto_pipeline.report.summary import Manifest, RunSummary
from seqauto_pipeline.settings import archive_rules
from seqauto_pipeline.views.following import Reach, changed_since, dagster_id
from seqauto_pipeline.views.known_layouts import known_layouts
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import iso_date


def made_by(models: OpenModels, site: Site) -> str:
    """Sum up all that pages are made from beside the models."""
    layouts = tuple(
        (layout.name, *((each.name, each.content) for each in layout.file_types))
        for layout in known_layouts(models.settings)
    )
    parts = (site.version, site.zone, site.web_ui, repr(layouts), repr(models.archive.rules))
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def runs_to_write(
    models: OpenModels,
    old: Manifest | None,
    made_by: str,
    ids: Collection[int],
    sizes: Mapping[str, int],
) -> tuple[int, ...]:
    """List the runs whose pages may not be as they should: all, where there is no telling.

    ``sizes``: of the pages that are there.
    """
    if old is None or old.made_by != made_by or not _is_of_these_models(models, old):
        return tuple(ids)
    changed = frozenset(changed_since(models, Reach(None, old.scan), ids))
    archived = frozenset(_archived_meanwhile(models, old))
    return tuple(
        run_id
        for run_id in ids
        if run_id in changed
        or run_id in archived
        or run_id not in old.runs
        or sizes.get(old.runs[run_id].page) != old.runs[run_id].size
    )


def _is_of_these_models(models: OpenModels, old: Manifest) -> bool:
    """Tell whether a report was made from these models, and not from a database before them."""
    return old.scan == 0 or dagster_id(models, old.scan) == old.scan_id


def _archived_meanwhile(models: OpenModels, old: Manifest) -> Iterator[int]:
    """Find the runs of which files count as archived today and did not then."""
    today = iso_date(models.archive.today)
    if not models.archive.rules or today == old.day:
        return
    then = Archive(archive_rules(models.settings), dt.date.fromisoformat(old.day))
    for run_id, summary in old.runs.items():
        if any(_covers(models.archive, summary, kind) != _covers(then, summary, kind)
               for kind in summary.lost_types):  # fmt: skip
            yield run_id


def _covers(archive: Archive, summary: RunSummary, file_type: str) -> bool:
    date = dt.date.fromisoformat(summary.date) if summary.date else None
    return archive.covers(file_type, summary.kit, date)
