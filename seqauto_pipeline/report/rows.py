"""The rows of the long tables of a run's page, which a template would write ten times as slowly.

As there: all text is made harmless for people, and then escaped for HTML.
"""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from seqauto_pipeline.core.display import is_harmless, shown
from seqauto_pipeline.db.queries.files import FileRow
from seqauto_pipeline.db.queries.sheets import SampleRow
from seqauto_pipeline.report.cells import Cells, state_class, symbol_of
from seqauto_pipeline.views.matrix import MatrixRow
from seqauto_pipeline.views.words import file_state_words, type_words


def told(text: str | None) -> Markup:
    """Make text harmless, for people and in HTML."""
    return escape(shown(text or ""))


def _all_told(texts: Iterable[str | None]) -> list[str]:
    """Make each of many texts harmless: escaped together, which costs a tenth of one by one."""
    given = [text or "" for text in texts]
    # Most need nothing: that is seen of all at once, for a tenth of what one by one costs.
    harmless = given if is_harmless("".join(given)) else map(shown, given)
    return str(escape("\n".join(harmless))).split("\n")  # none has a line end


def matrix_rows(rows: Sequence[MatrixRow], types: Sequence[str], cells: Cells) -> Markup:
    """Write the samples with the states of their files."""
    names = _all_told(row.sample_name for row in rows)
    remarks = _all_told(row.remark for row in rows)
    return _joined(
        f'<tr><td class="num">{row.sample_number}</td><th scope="row">{name}</th>'
        f"{''.join([cells.cell(row.files.get(kind, ())) for kind in types])}"
        f"<td>{remark}</td></tr>"
        for row, name, remark in zip(rows, names, remarks, strict=False)
    )


def file_rows(files: Sequence[FileRow]) -> Markup:
    """Write where each file is, and in which state."""
    write = _FileRows()
    paths = _all_told(file.path for file in files)
    return _joined(map(write.row, files, paths))


class _FileRows:
    """Writes rows of files; what is the same in many of them is written once."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._samples: dict[str | None, str] = {}
        self._states: dict[tuple[str, str | None], str] = {}

    def row(self, file: FileRow, path: str) -> str:
        """Write the row of a file; ``path`` is harmless already."""
        kind, sample, state = file.file_type, file.sample_name, (file.shown_state, file.reason)
        if kind not in self._kinds:
            self._kinds[kind] = str(told(type_words(kind)))
        if sample not in self._samples:
            self._samples[sample] = str(told(sample))
        if state not in self._states:
            self._states[state] = _state_cell(*state)
        size = "" if file.size is None else f"{file.size:,}"
        return (
            f"<tr><td>{self._kinds[kind]}</td><td>{self._samples[sample]}</td>"
            f"{self._states[state]}"
            f'<td class="path">{path}</td><td class="num">{size}</td></tr>'
        )


def _state_cell(state: str, reason: str | None) -> str:
    why = f": {told(reason)}" if reason else ""
    words = told(file_state_words(state))
    return f'<td class="s-{state_class(state)}">{symbol_of(state)} {words}{why}</td>'


def sheet_table_rows(rows: Sequence[SampleRow], extra_columns: Sequence[str]) -> Markup:
    """Write the rows of a sample sheet, with the further columns that the settings keep."""
    columns = (
        _all_told(row.sample_id for row in rows),
        _all_told(row.sample_name for row in rows),
        _all_told(row.sample_project for row in rows),
        _all_told(row.index for row in rows),
        _all_told(row.index2 for row in rows),
        _all_told(row.enrichment_kit for row in rows),
        *(_all_told(_extra(row, name) for row in rows) for name in extra_columns),
    )
    return _joined(map(_sheet_row, rows, *columns))


def _extra(row: SampleRow, name: str) -> str:
    return str(row.extra[name]) if name in row.extra else ""


def _sheet_row(row: SampleRow, *cells: str) -> str:
    """Write a row; ``cells`` are harmless already."""
    lane = "" if row.lane is None else row.lane
    names, indexes, others = cells[:3], cells[3:5], cells[5:]
    return (
        f'<tr><td class="num">{lane}</td><td>{"</td><td>".join(names)}</td>'
        f'<td class="path">{indexes[0]}</td><td class="path">{indexes[1]}</td>'
        f"<td>{'</td><td>'.join(others)}</td></tr>"
    )


def _joined(rows: Iterable[str]) -> Markup:
    return Markup("\n".join(rows))  # noqa: S704  (each part was escaped above)
