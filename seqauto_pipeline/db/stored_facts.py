"""What the stored facts of a run and of a sheet say, as values."""

from collections.abc import Mapping
from typing import Any

from seqauto_pipeline.core.expectation.samples import SheetFacts
from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.core.sheet.conversion import Workflow, conversion_settings
from seqauto_pipeline.core.sheet.sample_sheet import SheetFormat
from seqauto_pipeline.core.sheet.words import word


def reads_in(facts: Mapping[str, Any]) -> tuple[ReadInfo, ...] | None:
    """Give the reads in the order of sequencing; None where they were never known."""
    reads = facts.get("reads")
    return None if reads is None else tuple(ReadInfo(**read) for read in reads)


def sheet_facts_in(sheet_format: str, facts: Mapping[str, Any]) -> SheetFacts:
    """Give what a stored sheet tells of the conversion."""
    settings = {word(name): value for name, value in reversed(facts.get("settings", ())) if value}
    return SheetFacts(
        SheetFormat(sheet_format),
        conversion_settings(lambda name: settings.get(word(name))),
        tuple(
            Workflow(each["name"], each["deletes_fastqs"], frozenset(each["sample_ids"]))
            for each in facts.get("workflows", ())
        ),
    )
