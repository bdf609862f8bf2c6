"""What a scan makes of a run that a person has skipped by command."""

from dataclasses import replace

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.db.store.values import KnownRow


def as_skipped(listing: RunListing, row: KnownRow | None) -> RunListing:
    """Take a run that a person skips as one of which nothing was seen.

    Where the disk itself says that the run is skipped, its listing is so already.
    """
    if row is None or row.skip_reason is None or listing.skip_reason is not None:
        return listing
    return replace(
        listing,
        skip_reason=row.skip_reason,
        directories={},
        inputs={},
        unreadable=(),
        passed_through={},
    )
