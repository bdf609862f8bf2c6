"""The scan that a person names: by its number, a day, a time, Dagster's id or the start of it."""

from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.views.moments import dagster_id_of, is_moment


def dagster_id(scan: str) -> str:
    """Give Dagster's id of a scan that is in the file models; any other text is as it was.

    A scan that did not get as far as the file models has no number.
    """
    if not (scan.isdigit() or is_moment(scan)):
        return scan
    with reading() as models:
        return dagster_id_of(models, scan)
