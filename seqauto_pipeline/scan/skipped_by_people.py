"""What a scan makes of a run that a person has skipped by command."""

from dataclasses import replace
from typing import TYPE_CHECKING

from seqauto_pipeline.core.file_list import RunListing

if TYPE_CHECKING:  # the second process imports no database
    from seqauto_pipeline.db.store.values import KnownRow


def as_skipped(listing: RunListing, row: "KnownRow | None") -> RunListing:
    """Take a run that is known to be skipped by a person as one of which nothing was seen."""
    return listing if row is None else skipped_for(listing, row.skip_reason)


def skipped_for(listing: RunListing, reason: str | None) -> RunListing:
    """Take a run that a person skips for a reason as one of which nothing was seen.

    Where the disk itself says that the run is skipped, its listing is so already.
    """
    if reason is None or listing.skip_reason is not None:
        return listing
    return replace(
        listing,
        skip_reason=reason,
        directories={},
        inputs={},
        unreadable=(),
        passed_through={},
    )
