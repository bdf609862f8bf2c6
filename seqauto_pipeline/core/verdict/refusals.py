"""What could not be read of a run folder: the messages on it, and what it leaves unknown."""

from collections.abc import Iterable, Mapping

from seqauto_pipeline.core.expectation.expected_files import is_listed
from seqauto_pipeline.core.file_list import RunListing, Unreadable
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.problems import Problem, Severity


def unreadable_problems(refusals: Iterable[Unreadable]) -> tuple[Problem, ...]:
    """One problem for each path that refused: once, however many files it hides."""
    by_path: Mapping[str, Unreadable] = {refusal.path: refusal for refusal in refusals}
    return tuple(
        Problem(
            "UNREADABLE",
            Severity.ERROR,
            f"{refusal.path} cannot be read ({refusal.errno_name}): {refusal.reason}",
            "Make it readable; until then what it hides keeps its last known state.",
            path=refusal.below or None,
        )
        for refusal in by_path.values()
    )


def refusal_of_whole_run(
    listing: RunListing, layout: Layout, *, was_complete: bool
) -> Unreadable | None:
    """Find the refusal that hides the run folder or all of its markers."""
    if "" not in listing.directories:
        return listing.what_hides("")
    if layout.run.markers_by_instrument or was_complete:
        return None
    if any(is_listed(listing, marker) for marker in layout.run.markers):
        return None
    hiding = (listing.what_hides(marker) for marker in layout.run.markers)
    return next((refusal for refusal in hiding if refusal is not None), None)
