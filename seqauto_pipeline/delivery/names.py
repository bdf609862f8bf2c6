"""Text that a server would change or refuse: it is never sent altered."""

from collections.abc import Iterable
from functools import reduce

from seqauto_pipeline.core.beside import UP, path_from
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.delivery.things import BlockCode, Blocked

_SHOWN = 80  # characters of a name in a reason


def disk_path(*parts: str) -> str:
    """Put the parts of a path together as the disk has it; they are stored escaped."""
    plain = (unescape_name(part) if "\\" in part else part for part in parts)
    return reduce(path_from, plain)


def file_path(folder: str, path: str) -> str:
    """Give the path of a file of a run, whose folder is as the disk has it."""
    if "\\" in path or path.startswith(UP):
        return path_from(folder, unescape_name(path))
    return f"{folder}/{path}"  # nearly every one of hundreds of thousands


def badly_named(what: str, text: str) -> Blocked | None:
    """Say why a server would not keep a text as it is; None where it would."""
    trouble = _trouble(text)
    if trouble is None:
        return None
    reason = (
        f"{what} {shown(text, limit=_SHOWN)!r} {trouble}: VariantGrid cannot keep that; rename it"
    )
    return Blocked(BlockCode.NAME, reason)


def first_badly_named(named: Iterable[tuple[str, str]]) -> Blocked | None:
    """Find the first of some texts, each with what it is, that cannot be sent."""
    return next((found for what, text in named if (found := badly_named(what, text))), None)


def _trouble(text: str) -> str | None:
    if not text:
        return "is empty"
    if text != text.strip():
        return "begins or ends with a blank"
    if "\0" in text:
        return "holds a NUL character"
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        return "is not UTF-8"
    return None
