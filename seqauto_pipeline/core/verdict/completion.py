"""Whether a run folder is whole: its completion markers, and what still changes in it."""

from dataclasses import dataclass

from seqauto_pipeline.core.expectation.expected_files import is_listed
from seqauto_pipeline.core.file_list import EntryKind, RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.instruments import completion_rule
from seqauto_pipeline.core.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Markers:
    """The completion markers of one run folder."""

    there: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()  # alternatives are joined by ``or``


def find_markers(listing: RunListing, layout: Layout, instrument: str | None) -> Markers:
    """Look for the layout's own markers, or those that the instrument writes."""
    if not layout.run.markers_by_instrument:
        names = layout.run.markers
        there = tuple(name for name in names if is_listed(listing, name))
        return Markers(there, () if there else (" or ".join(names),))
    rule = completion_rule(instrument)
    top = listing.directories.get("")
    present = frozenset(top.entries if top else ())
    named = (*rule.all_of, *rule.any_of, *rule.informative)
    return Markers(tuple(name for name in named if name in present), rule.lacking(present))


def about_lost_markers(
    listing: RunListing, layout: Layout, markers: Markers
) -> tuple[Problem, ...]:
    """Say that a complete run has lost its markers, unless a refusal hides them."""
    if any(listing.what_hides(marker) for marker in layout.run.markers):
        return ()
    return (
        Problem(
            "MARKER_GONE",
            Severity.WARNING,
            f"the run was complete and now lacks {', '.join(markers.lacking)}",
            "Put the marker back; the run is still accounted for as complete.",
        ),
    )


def has_changed(listing: RunListing, young_ns: range) -> bool:
    """Tell whether a file at the top of the run folder has one of these modification times."""
    entries = listing.directories[""].entries.values()
    return any(each.kind is EntryKind.FILE and each.modified_ns in young_ns for each in entries)
