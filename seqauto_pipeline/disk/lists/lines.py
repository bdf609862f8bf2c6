"""The lines of a list, read and checked: whatever they hold was written by another machine."""

import base64
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, TypeVar

import msgspec

from seqauto_pipeline.core.file_list import EARLIEST_NS, LATEST_NS, Entry
from seqauto_pipeline.disk.trusted_times import as_held

FORMAT = 1  # of `list_files`
_LONGEST_PATH = 1 << 16  # escaped
_LARGEST_SIZE = 2**63 - 1  # that a database holds
_ESCAPED = re.compile(r"(?:[^\\]|\\\\|\\x[89a-f][0-9a-f])+", re.DOTALL)

_Line = TypeVar("_Line")


class ListError(Exception):
    """A list that cannot be used; the text is a clause that says why, and what would help."""


class Refusal(msgspec.Struct):
    """What refused, as the other machine's system said it."""

    errno: str
    path: Annotated[str, msgspec.Meta(max_length=_LONGEST_PATH)]  # absolute there, escaped
    said: Annotated[str, msgspec.Meta(pattern=r"^[ -~]{0,200}$")] = ""
    owner: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,12}:[0-9]{1,12}$")] | None = None
    mode: Annotated[int, msgspec.Meta(ge=0, le=0o7777)] | None = None
    directory: bool = False
    ours: bool = False


class Link(msgspec.Struct):
    """What a symbolic link leads to; ``b`` is to nothing."""

    leads: Literal["f", "d", "o", "b", "u"]
    size: int = 0
    modified: int = 0
    below: bool = False  # the root
    refused: Refusal | None = None


class Directory(msgspec.Struct):
    """One directory; times in ns. A symbolic link stands in ``entries`` as ``l``."""

    modified: int = 0
    changed: int = 0
    listed: int = 0
    entries: dict[str, Entry] = {}
    links: dict[str, Link] = {}
    unknown: dict[str, Refusal] = {}
    refused: Refusal | None = None


class Look(msgspec.Struct):
    """What stood at a path; one of the two."""

    entry: Entry | None = None
    changed: int = 0
    link: Link | None = None
    refused: Refusal | None = None


class Bytes(msgspec.Struct):
    """What a file held, or why it was not read."""

    modified: int = 0
    changed: int = 0
    text: str | None = None
    base64: str | None = None
    refused: Refusal | None = None

    def data(self) -> bytes:
        """Raises ValueError for what is no base64."""
        if self.text is not None:
            return self.text.encode("utf-8")
        return base64.b64decode(self.base64 or "", validate=True)


class Refused(msgspec.Struct):
    refused: Refusal


class Header(msgspec.Struct):
    root: str
    host: str
    user: str
    started: float  # seconds since 1970, by the clock there
    depth: int
    runs: tuple[str, ...] = ()  # the only ones that were asked for
    follows_links_out: bool = False
    max_input_bytes: int = 0
    max_content_bytes: int = 0
    seqauto_list: int = 0


class Levels(msgspec.Struct):
    levels: dict[str, Directory]


class Run(msgspec.Struct):
    run: str = ""
    directories: dict[str, Directory] = {}
    looked_at: dict[str, Look | None] = {}
    inputs: dict[str, Bytes] = {}
    contents: dict[str, tuple[int, int] | Refused] = {}  # offset and length of its line


class Content(Bytes):
    content: str = ""


class Index(msgspec.Struct):
    index: list[tuple[str, int, int]]


class End(msgspec.Struct):
    levels: tuple[int, int]
    index_at: int
    runs: int
    ended: float
    sha256: str


def unpacked(member: bytes, most: int) -> bytes:
    """Unpack one line of a list. Raises ListError for more than ``most`` bytes, and for damage."""
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = stream.decompress(member, most + 1)
    except zlib.error as error:
        raise ListError(f"a line of it is damaged: {error}") from None
    if len(data) > most:
        raise ListError(f"a line of it unpacks to more than {most} bytes")
    if not stream.eof:
        raise ListError("a line of it was cut off")
    return data


def read_line(data: bytes, kind: type[_Line]) -> _Line:
    """Read a line as one kind. Raises ListError."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ListError(f"a line of it is not in the format of this program: {error}") from None


def read_levels(data: bytes, depth: int) -> Mapping[str, Directory]:
    """Read the directories above the run folders, by their paths."""
    levels = read_line(data, Levels).levels
    for path, directory in levels.items():
        if path:
            require_path(path)
        if path.count("/") >= depth:
            raise ListError(f"{path!r} is deeper than its run folders")
        _check_directory(directory)
    return levels


def read_run(data: bytes, path: str) -> Run:
    """Read what was found of one run folder; times are as a file list holds them."""
    run = read_line(data, Run)
    if run.run != path:
        raise ListError(f"a line of it is of {run.run!r} in place of {path!r}")
    ups = path.count("/") + 1
    for below in (*run.directories, *run.looked_at, *run.inputs, *run.contents):
        if below:
            require_path(below, ups=ups)
    for directory in run.directories.values():
        _check_directory(directory)
    return run


def require_path(path: str, ups: int = 0) -> None:
    """Raise ListError for a path that is absolute, or goes up more than ``ups`` levels."""
    parts = path.split("/")
    while parts and ups and parts[0] == "..":
        parts, ups = parts[1:], ups - 1
    _require_names(parts)


def _require_names(names: Iterable[str]) -> None:
    for name in names:
        plain = name not in ("", ".", "..") and "/" not in name and "\0" not in name
        if not plain or ("\\" in name and not _ESCAPED.fullmatch(name)):
            raise ListError(f"it names {name[:80]!r}, which no file can be called")


def _check_directory(directory: Directory) -> None:
    entries = directory.entries
    # A list has millions of names: all of a directory are looked at together first.
    together = "".join(entries)
    if any(each in together for each in "/\0\\") or not {"", ".", ".."}.isdisjoint(entries):
        _require_names(entries)
    for name, (kind, size, modified) in entries.items():
        if not 0 <= size <= _LARGEST_SIZE:
            raise ListError(f"it gives {name[:80]!r} a size of {size} bytes")
        if not EARLIEST_NS < modified < LATEST_NS:
            entries[name] = Entry(kind, size, as_held(modified))
    for link in directory.links.values():
        if not 0 <= link.size <= _LARGEST_SIZE:
            raise ListError(f"it has a link to a size of {link.size} bytes")
        link.modified = as_held(link.modified)
    directory.modified = as_held(directory.modified)
    directory.listed = as_held(directory.listed)
