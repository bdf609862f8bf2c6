"""Whether a sequencing run is ready, and what stops it: one sentence for all who show it."""

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.views.runs import RunLine
from seqauto_pipeline.views.tallies import Tally
from seqauto_pipeline.views.words import file_state_words, type_words

_ABSENT = (DataState.NON_EXISTENT, DataState.DELETED, DataState.ERROR, DataState.RUNNING)


def is_waiting(line: RunLine) -> bool:
    """Whether somebody should look at a run: it is not whole, and nobody gave it up."""
    run = line.run
    if run.legacy or run.bad or run.hidden:
        return False
    if line.data_state == RunState.COMPLETE:
        return bool(lacking(line))
    return line.data_state in (RunState.INCOMPLETE, RunState.ERROR)


def lacking(line: RunLine) -> tuple[tuple[str, str, int], ...]:
    """What a run lacks: file type, state, and how many files."""
    return tuple(
        (tally.file_type, state, tally.states[state])
        for tally in line.files
        for state in _ABSENT
        if tally.states.get(state)
    )


def verdict(line: RunLine) -> str:
    """Say in a sentence how a sequencing run stands."""
    reason = shown(line.state_reason or "").rstrip(".")
    if line.data_state == RunState.INCOMPLETE:
        return f"Waits for the end of the sequencing: {reason or 'no end was seen'}."
    if line.data_state == RunState.ERROR:
        return f"Cannot be accounted for: {reason or 'see its messages'}."
    if line.data_state == RunState.SKIPPED:
        return f"Skipped: {reason or 'nobody asks for its files'}."
    if line.data_state == RunState.DELETED:
        return "The run folder is gone from the disk."
    return _of_files(line)


def _of_files(line: RunLine) -> str:
    expected = sum(tally.expected for tally in line.files)
    absent = lacking(line)
    archived = sum(tally.archived for tally in line.files)
    put_away = f" {counted(archived, 'file')} more are archived." if archived else ""
    if not expected:
        return f"Nothing is expected of it.{put_away}"
    if not absent:
        return f"Complete: all {counted(expected, 'expected file')} are there.{put_away}"
    number = sum(count for *_, count in absent)
    return (
        f"Lacks {number:,} of {counted(expected, 'expected file')}: {absent_words(line)}.{put_away}"
    )


def absent_words(line: RunLine) -> str:
    """List what is not there: ``2 FASTQ missing, 1 VCF unreadable``."""
    return ", ".join(
        f"{count:,} {type_words(kind)} {file_state_words(state)}"
        for kind, state, count in lacking(line)
    )


def waits_for(line: RunLine) -> str:
    """Say in few words what a run waits for."""
    if line.data_state == RunState.COMPLETE:
        return absent_words(line)
    what = "the end of the run" if line.data_state == RunState.INCOMPLETE else "a correction"
    reason = shown(line.state_reason or "")
    return f"{what}: {reason}" if reason else what


def lacks_most(line: RunLine) -> tuple[bool, int, str]:
    """Order runs, those in the worst state first, then those that lack most."""
    is_well = line.data_state == RunState.COMPLETE
    return is_well, -sum(count for *_, count in lacking(line)), line.run.name


def percent_found(tally: Tally) -> float:
    """How much of what is expected of a type is there."""
    return round(100 * tally.found / tally.expected, 1) if tally.expected else 100.0


def place_words(root: str, path: str) -> str:
    """Name a sequencing run by its place, its name first: names repeat, places do not."""
    above, _, name = path.rpartition("/")
    folder = f"{root.rstrip('/')}/{above}" if above else root
    return f"{shown(name)} in {shown(folder)}"
