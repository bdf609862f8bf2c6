"""A sample's gene list (genes of interest): one symbol a line."""

import re

from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.qc.text import text_lines
from seqauto_pipeline.core.qc.values import (
    Loaded,
    error,
    further,
    listed,
    loaded,
    shown,
    warning,
)

# Wider than HGNC's rules: clone-based names, pseudo-loci and joined genes are in use.
_SYMBOL = re.compile(r"[^\W_][\w.@/()+:*|-]{0,63}")


def read_gene_list(data: bytes) -> Loaded:
    """Read the symbols into ``{"genes": [...]}``, in the file's order, each once.

    Blank lines and lines that begin with ``#`` are not symbols. An empty list is content.
    """
    lines = text_lines(data)
    if isinstance(lines, Problem):
        return Loaded(None, (lines,))
    symbols = [
        (number, text)
        for number, text in enumerate(map(str.strip, lines), start=1)
        if text and not text.startswith("#")
    ]
    genes = dict.fromkeys(symbol for _, symbol in symbols)
    return loaded({"genes": list(genes)}, _check(symbols, len(genes)))


def _check(symbols: list[tuple[int, str]], distinct: int) -> list[Problem]:
    if not symbols:
        message = "The list is empty, expected one gene symbol a line"
        return [warning("GENE_LIST_EMPTY", message, "Nothing, if no genes were asked for.")]
    wrong = [(number, text) for number, text in symbols if not _SYMBOL.fullmatch(text)]
    problems = _not_symbols(wrong)
    if distinct < len(symbols):
        problems.append(_repeated(symbols))
    return problems


def _not_symbols(wrong: list[tuple[int, str]]) -> list[Problem]:
    if not wrong:
        return []
    number, text = wrong[0]
    return [
        error(
            "GENE_LIST_NOT_A_SYMBOL",
            f"Found {shown(text)}, expected one gene symbol a line{further(len(wrong))}",
            "Write one symbol a line, with nothing else on it.",
            number,
        )
    ]


def _repeated(symbols: list[tuple[int, str]]) -> Problem:
    first_line: dict[str, int] = {}
    again = [
        (number, name) for number, name in symbols if first_line.setdefault(name, number) != number
    ]
    names = [shown(name) for name in dict.fromkeys(name for _, name in again)]
    return Problem(
        "GENE_LIST_DUPLICATE",
        Severity.INFO,
        f"Listed more than once: {listed(names)}; each is kept once",
        "Nothing; remove the repeated lines when the list is next edited.",
        line=again[0][0],
    )
