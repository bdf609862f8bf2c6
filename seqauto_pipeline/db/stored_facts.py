"""What a run's stored facts say, as values."""

from collections.abc import Mapping
from typing import Any

from seqauto_pipeline.core.metadata.run_info import ReadInfo


def reads_in(facts: Mapping[str, Any]) -> tuple[ReadInfo, ...] | None:
    """Give the reads in the order of sequencing; None where they were never known."""
    reads = facts.get("reads")
    return None if reads is None else tuple(ReadInfo(**read) for read in reads)
