"""A models database that is gone: one that holds nothing where an earlier one left its traces.

A new one made in silence would lose what people acknowledged and flagged, and the history of
states.
"""

import datetime as dt
from pathlib import Path

from seqauto_pipeline.core.display import local_time
from seqauto_pipeline.db.backups.kept import kept_backups
from seqauto_pipeline.disk.record.paths import newest_record_time
from seqauto_pipeline.errors import ModelsGoneError
from seqauto_pipeline.settings import (
    Settings,
    backup_directory_for,
    database_url_for,
    masked_url,
    zone_for,
)


def refuse_lost_models(settings: Settings, home: Path, finished: dt.datetime | None = None) -> None:
    """Raise ModelsGoneError where there are traces of models; call it where there are no models.

    ``finished`` is the end of the last scan that Dagster knows of.
    """
    zone, known = zone_for(settings), []
    scanned = max(filter(None, (newest_record_time(home), finished)), default=None)
    if scanned is not None:
        known.append(f"the last scan known here was at {local_time(scanned, zone)}")
    backups = kept_backups(backup_directory_for(settings, home))
    if backups:
        made = local_time(backups[0].made_at, zone)
        known.append(f"the newest backup is {backups[0].path.name} of {made}")
    elif known:
        known.append("there is no backup")
    if known:
        where = masked_url(database_url_for(settings, home)).partition("?")[0]
        raise ModelsGoneError(where, ", and ".join(known))
