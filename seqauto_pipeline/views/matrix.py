"""The files of one sequencing run as a matrix: samples by file types, each cell their states."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.core.data_state import DataState, worst_of
from seqauto_pipeline.db.models import SequencingSample
from seqauto_pipeline.db.queries.files import FileRow
from seqauto_pipeline.db.queries.sheets import SampleRow

SYMBOLS: Mapping[str, str] = {
    DataState.COMPLETE: "✔",
    DataState.RUNNING: "▶",
    DataState.SKIPPED: "-",
    DataState.NON_EXISTENT: "✘",
    DataState.DELETED: "D",
    ARCHIVED: "A",
    DataState.ERROR: "E",
}
_SYMBOLS_OF_A_CELL = 4  # at most, one for each file; of more files each state is counted


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One sample of the current sheet, for all the rows that it has there."""

    sample_number: int
    sample_name: str
    sample_id: str
    is_control: bool
    failed: bool
    automatically_process: bool
    enrichment_kit: str | None
    files: Mapping[str, tuple[FileRow, ...]]  # by type

    @property
    def remark(self) -> str:
        return ", ".join(
            word
            for word, holds in (
                ("control", self.is_control),
                ("failed", self.failed),
                (
                    "not processed automatically",
                    not (self.automatically_process or self.is_control or self.failed),
                ),
            )
            if holds
        )

    @property
    def states(self) -> Mapping[str, DataState]:
        """The state of all files of a type together, by type: of a pair of reads the worse one."""
        return {
            kind: worst_of(DataState(file.data_state) for file in files)
            for kind, files in self.files.items()
            if files
        }


def matrix(
    samples: Iterable[SequencingSample | SampleRow], files: Iterable[FileRow]
) -> tuple[MatrixRow, ...]:
    """Give each sample of a sheet its files, in the order of the sheet."""
    by_sample: dict[str | None, dict[str, list[FileRow]]] = defaultdict(lambda: defaultdict(list))
    for file in files:
        by_sample[file.sample_name][file.file_type].append(file)
    first_rows: dict[str, SequencingSample | SampleRow] = {}
    for sample in samples:
        first_rows.setdefault(sample.sample_name, sample)
    return tuple(
        MatrixRow(
            sample_number=sample.sample_number,
            sample_name=name,
            sample_id=sample.sample_id,
            is_control=sample.is_control,
            failed=sample.failed,
            automatically_process=sample.automatically_process,
            enrichment_kit=sample.enrichment_kit,
            files={kind: tuple(each) for kind, each in by_sample[name].items()},
        )
        for name, sample in first_rows.items()
    )


def cell_words(files: Sequence[FileRow]) -> str:
    """Say the states of one cell, as they are stored."""
    return states_in_words(files, str)


def states_in_words(files: Sequence[FileRow], say: Callable[[str], str]) -> str:
    """Say the states of one cell, each in the words that are given for it."""
    states = Counter(file.shown_state for file in files)
    if len(states) <= 1:
        return "".join(map(say, states))
    if len(files) == 2 and all(file.read for file in files):
        return ", ".join(f"R{file.read} {say(file.shown_state)}" for file in files)
    return ", ".join(f"{number} {say(state)}" for state, number in states.items())


def cell_symbols(files: Sequence[FileRow]) -> tuple[tuple[str, str], ...]:
    """Give the symbols of one cell, each with the state that it stands for."""
    return state_symbols([file.shown_state for file in files])


def state_symbols(states: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Give the symbols of files in these states, each with the state that it stands for."""
    if len(states) <= _SYMBOLS_OF_A_CELL:
        return tuple((SYMBOLS.get(state, "?"), state) for state in states)
    counts = Counter(states)
    return tuple((f"{SYMBOLS.get(state, '?')}{number} ", state) for state, number in counts.items())
