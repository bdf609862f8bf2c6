"""The cells of the matrix of a run: a colour, symbols, and the same in words for who sees neither.

Few kinds of cells make up all matrices, so that each kind is written once.
"""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.db.queries.files import FileRow
from seqauto_pipeline.views.matrix import SYMBOLS, cell_symbols, states_in_words
from seqauto_pipeline.views.words import file_state_words

LACKING = frozenset({DataState.NON_EXISTENT, DataState.DELETED, DataState.ERROR, DataState.RUNNING})
# From best to worst: the colour of a cell is that of its worst file.
_RANK = {
    state: rank
    for rank, state in enumerate(
        (
            DataState.SKIPPED,
            DataState.COMPLETE,
            ARCHIVED,
            DataState.RUNNING,
            DataState.NON_EXISTENT,
            DataState.DELETED,
            DataState.ERROR,
        )
    )
}
_EMPTY = Markup('<td class="none"><span class="unseen">none expected</span></td>')

Kind = tuple[tuple[str, int | None], ...]  # state and read of each file of a cell


class Cells:
    """Writes cells, and remembers those that it has written."""

    def __init__(self) -> None:
        self._known: dict[Kind, Markup] = {}

    def cell(self, files: Sequence[FileRow]) -> Markup:
        if not files:
            return _EMPTY
        kind = tuple([(file.shown_state, file.read) for file in files])
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = _cell(files)
        return known


def _cell(files: Sequence[FileRow]) -> Markup:
    worst = max((file.shown_state for file in files), key=lambda state: _RANK.get(state, 0))
    symbols = "".join(symbol for symbol, _ in cell_symbols(files)).rstrip()
    words = states_in_words(files, file_state_words)
    return Markup(
        '<td class="s-{}" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="unseen">{}</span></td>'
    ).format(state_class(worst), words, symbols, words)


def state_class(state: str) -> str:
    """Name the CSS class of a state; another word than ours has none."""
    return state if state in _RANK else "unknown"


def legend() -> tuple[tuple[str, str, str], ...]:
    """Give class, symbol and words of each state that a file can be shown in."""
    return tuple(
        (state_class(state), symbol, file_state_words(state)) for state, symbol in SYMBOLS.items()
    )


def symbol_of(state: str) -> str:
    return SYMBOLS.get(state, "?")


def lacking_of(files: Mapping[str, Sequence[FileRow]]) -> int:
    """Count the files of a sample that are not as they should be."""
    return sum(file.shown_state in LACKING for each in files.values() for file in each)
