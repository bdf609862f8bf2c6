"""Names as people mean them, however they write them."""

import re
from functools import lru_cache

_LONGEST_NAME = 64  # characters of what a column, section or setting may well be called
_NOT_WORD = re.compile(r"[\W_]+")


def word(text: str) -> str:
    """Reduce a name to what people mean by it: ``Sample_ID`` and ``sample id`` are one."""
    return _word_of_name(text) if len(text) <= _LONGEST_NAME else _NOT_WORD.sub("", text.casefold())


@lru_cache(maxsize=1024)  # sheets have some hundred names, each asked for many times
def _word_of_name(text: str) -> str:
    return _NOT_WORD.sub("", text.casefold())
