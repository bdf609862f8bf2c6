"""The patterns of a layout: paths with fields, optional parts and alternatives, taken apart.

``{sample_id}`` is a field. ``[{sample_project}/]`` is left out where a field in it has no value.
``{.fastq.gz|.fastq.ora}`` stands for either text, the first one preferred. In the directories of
FASTQs ``{newest}`` is a number, ``{timestamp}`` a date and time, and ``*`` any name.
"""

import re
from functools import lru_cache
from itertools import chain, product, zip_longest
from posixpath import dirname

PATTERN_FIELD = re.compile(r"\{([^{}]*)\}")
OPEN_FIELDS = frozenset({"newest", "timestamp"})  # the names of directories on the disk fill them
_ALTERNATIVES = re.compile(r"\{([^{}]*\|[^{}]*)\}")
# What a file name loses when another file is named after it, as FastQC does: one of each.
_STEM_ENDINGS = ((".gz", ".ora"), (".fastq", ".fq", ".bam", ".vcf", ".txt"))


def alternatives_of(pattern: str) -> tuple[str, ...]:
    """Give the patterns that ``{one|other}`` stands for, in order of preference."""
    pieces = _ALTERNATIVES.split(pattern)
    choices = [each.split("|") if at % 2 else [each] for at, each in enumerate(pieces)]
    return tuple("".join(choice) for choice in product(*choices))


@lru_cache(maxsize=4096)
def variants_of(pattern: str) -> tuple[str, ...]:
    """Give the patterns with and without each optional part, the fullest first."""
    if "[" not in pattern:
        return (pattern,)
    first = _first_option(pattern)
    if first is None:
        return (pattern,)
    start, end = first
    inside = variants_of(pattern[start + 1 : end - 1])
    after = variants_of(pattern[end:])
    return tuple(
        dict.fromkeys(pattern[:start] + chosen + rest for chosen in (*inside, "") for rest in after)
    )


def _first_option(pattern: str) -> tuple[int, int] | None:
    """Find where the first optional part begins and ends, its brackets included."""
    start, depth = pattern.find("["), 0
    for at, char in enumerate(pattern[start:], start):
        depth += {"[": 1, "]": -1}.get(char, 0)
        if depth == 0:
            return start, at + 1
    return None


# A layout has some twenty patterns, and a scan fills each a million times.
@lru_cache(maxsize=4096)
def templates_of(pattern: str) -> tuple[str, ...]:
    """Give each variant of a pattern as `str.format_map` takes it, the fullest first.

    One with a field that is no plain name, which only a directory of the disk can have brought in,
    can never be filled and is left out.
    """
    return tuple(filter(None, map(_template, variants_of(pattern))))


def _template(variant: str) -> str | None:
    parts = PATTERN_FIELD.split(variant)  # every second one is a field
    if not all(field.isidentifier() for field in parts[1::2]):
        return None
    texts = (part.replace("{", "{{").replace("}", "}}") for part in parts[::2])
    fields = (f"{{{field}}}" for field in parts[1::2])
    return "".join(chain.from_iterable(zip_longest(texts, fields, fillvalue="")))


@lru_cache(maxsize=4096)
def fields_of(pattern: str) -> frozenset[str]:
    """Name the fields of a pattern, those of its optional parts included."""
    return frozenset(PATTERN_FIELD.findall(pattern))


def folder_globs(pattern: str) -> tuple[str, ...]:
    """Give the directories of a pattern, each field in them replaced by ``*``."""
    folders = (PATTERN_FIELD.sub("*", dirname(each)) for each in variants_of(pattern))
    return tuple(dict.fromkeys(folders))


def stem_of(path: str) -> str:
    """File name without the endings that FastQC drops: ``a_R1.fastq.gz`` gives ``a_R1``."""
    stem = path.rpartition("/")[2]
    for endings in _STEM_ENDINGS:
        ending = next((each for each in endings if stem.endswith(each)), "")
        stem = stem.removesuffix(ending)
    return stem
