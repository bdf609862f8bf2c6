"""What an explanation is made of, and the facts that any explanation may have."""

from collections.abc import Iterator
from dataclasses import dataclass

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.layout import Per
from seqauto_pipeline.views.explanation.evidence import Evidence
from seqauto_pipeline.views.values import Json

_RUN_STATES = {
    RunState.COMPLETE: "",
    RunState.INCOMPLETE: "no file is expected of a run before its completion marker is there",
    RunState.SKIPPED: "scans leave the run alone",
    RunState.DELETED: "the run folder was gone when the last scan looked",
    RunState.ERROR: "no file is expected of a run whose sheet was never readable",
}
_PER = {
    Per.RUN: "of the whole run",
    Per.SAMPLE: "one for each sample",
    Per.READ: "one for each read of a sample",
    Per.FILE: "one for each file that it is made from",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of an explanation: what stands before its state, the state if any, the text."""

    label: str  # empty: more on the fact above it
    text: str
    state: str | None = None
    before: str = ""

    def as_json(self) -> Json:
        return {
            "label": self.label or None,
            "state": self.state,
            "text": f"{self.before}{self.state or ''}{self.text}".strip(),
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one file is expected, or why none is."""

    title: str  # as on disk: not yet safe for a terminal
    facts: tuple[Fact, ...]
    has_record: bool  # of an expected file

    def as_json(self) -> Json:
        return {
            "title": self.title,
            "has_record": self.has_record,
            "facts": [fact.as_json() for fact in self.facts],
        }


def type_fact(evidence: Evidence, name: str) -> Fact:
    """Say of what a file type is, and of which layout."""
    found = evidence.file_type(name)
    if found is None:
        layout = shown(evidence.run.layout)
        return Fact("type", f"{shown(name)} (layout {layout} cannot be read now)")
    optional = ", recorded when it is there, never missed" if found.expect == "if_present" else ""
    return Fact("type", f"{name}, {_PER[found.per]} (layout {evidence.run.layout}){optional}")


def run_state_facts(evidence: Evidence) -> Iterator[Fact]:
    """Say what the state of a run means for its files, where it is not simply complete."""
    run = evidence.run
    if run.data_state != RunState.COMPLETE:
        reason = f", {shown(run.state_reason)}" if run.state_reason else ""
        meaning = _RUN_STATES[RunState(run.data_state)]
        yield Fact("run", f"{reason}: {meaning}", run.data_state)
