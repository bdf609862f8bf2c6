"""The rows of the long tables of a run's page, which a template would write ten times as slowly.

As there: all text is made harmless for people, and then escaped for HTML.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.queries.files import FileRow
from seqauto_pipeline.db.queries.sheets import SampleRow
from seqauto_pipeline.report.cells import Cells, state_class, symbol_of
from seqauto_pipeline.views.matrix import MatrixRow
from seqauto_pipeline.views.words import file_state_words, type_words


def told(text: str | None) -> Markup:
    """Make text harmless, for people and in HTML."""
    return escape(shown(text or ""))


def matrix_rows(rows: Iterable[MatrixRow], types: Sequence[str], cells: Cells) -> Markup:
    """Write the samples with the states of their files."""
    return _joined(
        f'<tr><td class="num">{row.sample_number}</td><th scope="row">{told(row.sample_name)}</th>'
        f"{''.join(cells.cell(row.files.get(kind, ())) for kind in types)}"
        f"<td>{told(row.remark)}</td></tr>"
        for row in rows
    )


def file_rows(files: Iterable[FileRow]) -> Markup:
    """Write where each file is, and in which state."""
    write = _FileRows()
    return _joined(map(write.row, files))


class _FileRows:
    """Writes rows of files; what is the same in many of them is written once."""

    def __init__(self) -> None:
        self._kinds: dict[str, Markup] = {}
        self._samples: dict[str | None, Markup] = {}
        self._states: dict[tuple[str, str | None], str] = {}

    def row(self, file: FileRow) -> str:
        kind, sample, state = file.file_type, file.sample_name, (file.shown_state, file.reason)
        if kind not in self._kinds:
            self._kinds[kind] = told(type_words(kind))
        if sample not in self._samples:
            self._samples[sample] = told(sample)
        if state not in self._states:
            self._states[state] = _state_cell(*state)
        size = "" if file.size is None else f"{file.size:,}"
        return (
            f"<tr><td>{self._kinds[kind]}</td><td>{self._samples[sample]}</td>"
            f"{self._states[state]}"
            f'<td class="path">{told(file.path)}</td><td class="num">{size}</td></tr>'
        )


def _state_cell(state: str, reason: str | None) -> str:
    why = f": {told(reason)}" if reason else ""
    words = told(file_state_words(state))
    return f'<td class="s-{state_class(state)}">{symbol_of(state)} {words}{why}</td>'


def sheet_table_rows(rows: Iterable[SampleRow], extra_columns: Sequence[str]) -> Markup:
    """Write the rows of a sample sheet, with the further columns that the settings keep."""
    return _joined(_sheet_row(row, extra_columns) for row in rows)


def _sheet_row(row: SampleRow, extra_columns: Sequence[str]) -> str:
    extra = (str(row.extra[name]) if name in row.extra else "" for name in extra_columns)
    names = (row.sample_id, row.sample_name, row.sample_project)
    plain = (row.enrichment_kit, *extra)
    return (
        f'<tr><td class="num">{"" if row.lane is None else row.lane}</td>{_cells(names)}'
        f'<td class="path">{told(row.index)}</td><td class="path">{told(row.index2)}</td>'
        f"{_cells(plain)}</tr>"
    )


def _cells(texts: Iterable[str | None]) -> str:
    return "".join(f"<td>{told(text)}</td>" for text in texts)


def _joined(rows: Iterable[str]) -> Markup:
    return Markup("\n".join(rows))  # noqa: S704  (each part was escaped above)
