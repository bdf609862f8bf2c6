"""Names of a disk as text, globs over them, and paths that lead beside a run folder."""

import re
from functools import lru_cache

_ESCAPES = re.compile(r"\\(\\|x[0-9a-f]{2})")
_UP = "../"


def escape_name(name: str) -> str:
    r"""Make a name of the disk into text: a byte that is not UTF-8 becomes ``\xNN``, ``\`` doubles.

    ``name`` has bytes that are not UTF-8 as lone surrogates, as Python gives them (PEP 383).
    """
    if "\\" in name:
        name = name.replace("\\", "\\\\")
    if name.isascii() or not any("\udc80" <= char <= "\udcff" for char in name):
        return name
    return "".join(
        f"\\x{ord(char) - 0xDC00:02x}" if "\udc80" <= char <= "\udcff" else char for char in name
    )


def unescape_name(text: str) -> str:
    """Give back the name that `escape_name` was given."""
    if "\\" not in text:  # nearly all, and a disk has millions
        return text

    def original(match: "re.Match[str]") -> str:
        found = match[1]
        return found if found == "\\" else chr(0xDC00 + int(found[1:], 16))

    return _ESCAPES.sub(original, text)


@lru_cache(maxsize=4096)  # asked for each directory, and a layout has few of them
def glob_regex(pattern: str) -> "re.Pattern[str]":
    """Compile a path glob in which no wildcard crosses a ``/``.

    Raises re.error for a range that ends before it begins, such as ``[z-a]``.
    """
    parts = re.split(r"(\*|\?|\[[^\]/]+\])", pattern)
    regex = "".join(
        _wildcard(part) if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.compile(regex, re.DOTALL)


def _wildcard(part: str) -> str:
    if part in ("*", "?"):
        return "[^/]" + part.removesuffix("?")
    inside = re.sub(r"([\\\[^&~|])", r"\\\1", part[1:-1].removeprefix("!"))
    return f"[^/{inside}]" if part.startswith("[!") else f"[{inside}]"


def path_from(folder: str, path: str) -> str:
    """Give the path of what stands at a path relative to a folder; "" is the folder itself."""
    if path != ".." and not path.startswith(_UP):  # nearly always, and a disk has millions
        return f"{folder}/{path}" if path else folder
    names = folder.split("/")
    while path == ".." or path.startswith(_UP):
        names, path = names[:-1], path[len(_UP) :]
    return "/".join([*names, path] if path else names) or "/"
