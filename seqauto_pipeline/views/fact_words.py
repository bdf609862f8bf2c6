"""What RunInfo and RunParameters say of a sequencing run, in words."""

import json
from collections.abc import Iterator, Mapping

from seqauto_pipeline.core.display import shown

_FACT_ORDER = ("reads", "lanes", "chemistry", "flowcell_type", "reagent_kit", "markers")


def told_facts(facts: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Give names and values as people read them, in the order in which they do."""
    for name in sorted(facts, key=_rank):
        words = _reads_words(facts[name]) if name == "reads" else fact_words(facts[name])
        yield shown(name.replace("_", " ")), words


def _rank(name: str) -> tuple[int, str]:
    """Order facts as people read them: a database may give JSON keys in an order of its own."""
    known = name in _FACT_ORDER
    return _FACT_ORDER.index(name) if known else len(_FACT_ORDER), name


def fact_words(value: object) -> str:
    if value is None or value in ([], {}, ""):
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{shown(key)}: {_list_words(each)}" for key, each in value.items())
    return _list_words(value)


def _list_words(value: object) -> str:
    if isinstance(value, list) and all(isinstance(each, str | int | float) for each in value):
        return shown(", ".join(map(str, value))) or "none"
    return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _reads_words(reads: object) -> str:
    """Say the cycles of each read: ``151, 8 (index), 8 (index), 151 cycles``."""
    if not reads or not isinstance(reads, list):
        return fact_words(reads)
    words = (f"{read['cycles']}{' (index)' if read['is_index'] else ''}" for read in reads)
    return f"{', '.join(words)} cycles"
