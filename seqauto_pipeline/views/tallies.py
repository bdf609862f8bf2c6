"""Counts of files by type and state, as people and programs read them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.display import counted
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.db.queries.files import FileCount
from seqauto_pipeline.views.known_layouts import ordered_types
from seqauto_pipeline.views.values import Json


@dataclass(frozen=True, slots=True)
class Tally:
    """The files of one type that current sheet rows ask for, by state."""

    file_type: str
    states: Mapping[str, int]

    @property
    def found(self) -> int:
        return self.states.get(DataState.COMPLETE, 0)

    @property
    def expected(self) -> int:
        """All but those of skipped runs and samples, and archived ones: they may be absent."""
        may_be_absent = self.states.get(DataState.SKIPPED, 0) + self.archived
        return sum(self.states.values()) - may_be_absent

    @property
    def archived(self) -> int:
        return self.states.get(ARCHIVED, 0)

    @property
    def words(self) -> str:
        """``bam 22/24 (1 error)``, as programs call the type."""
        return f"{self.file_type} {self.count_words}"

    @property
    def count_words(self) -> str:
        """``22/24 (1 error)``: a file in error is there, and is not counted as found."""
        errors = self.states.get(DataState.ERROR, 0)
        remarks = (
            counted(errors, "error") if errors else "",
            f"{self.archived:,} archived" if self.archived else "",
        )
        remark = ", ".join(filter(None, remarks))
        words = f"{self.found}/{self.expected}"
        return f"{words} ({remark})" if remark else words

    def as_json(self) -> Json:
        return {"found": self.found, "expected": self.expected, "states": dict(self.states)}


def tallies(
    counts: Iterable[FileCount], layouts: Collection[Layout]
) -> dict[int, tuple[Tally, ...]]:
    """Sum up counts by run; types in the order of the layouts, without those wholly skipped."""
    by_run: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for count in counts:
        by_run[count.sequencing_run_id][count.file_type][count.data_state] = count.files
    order = ordered_types({name for types in by_run.values() for name in types}, layouts)
    return {
        run_id: tuple(
            tally
            for tally in (Tally(name, types[name]) for name in order if name in types)
            if tally.expected or tally.archived
        )
        for run_id, types in by_run.items()
    }
