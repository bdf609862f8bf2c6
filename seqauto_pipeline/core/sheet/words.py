"""Names as people mean them, however they write them."""

import re

_NOT_WORD = re.compile(r"[\W_]+")


def word(text: str) -> str:
    """Reduce a name to what people mean by it: ``Sample_ID`` and ``sample id`` are one."""
    return _NOT_WORD.sub("", text.casefold())
