"""What refused on another machine, said as a scan says it of its own disks."""

import errno
from collections.abc import Callable, Mapping

from seqauto_pipeline.core.file_list import Unreadable, escape_name, unescape_name
from seqauto_pipeline.disk.lists.lines import Header, Refusal
from seqauto_pipeline.disk.read import (
    Guard,
    link_out_refusal,
    not_regular,
    permission_refusal,
    refusal_of,
    too_large,
)

_MAKE_ANEW = "make the list anew with the request of `seqauto list-files --print-request`"
_NOT_IN_LIST = {
    "NOT_LISTED": f"the list of its root does not tell of it: {_MAKE_ANEW}",
    "UNCHANGED": "its content did not come with the list, since it has not changed for long: the "
    "next full scan asks for it (`seqauto scan --full`)",
    "NO_ROOM": "its content did not come with the list, which had no room left for it: copy the "
    "QC files to a root of their own, or raise max_contents_bytes in the request",
}

# By path, what it hides, and the largest size that is read.
_OF_FILES: Mapping[str, Callable[[str, str, int], Unreadable]] = {
    "LINK_OUT": lambda path, below, _: link_out_refusal(path, below),
    "NOT_REGULAR": lambda path, below, _: not_regular(path, below),
    "TOO_LARGE": too_large,
}


class RefusedThereError(OSError):
    """What refused when the other machine looked."""

    def __init__(self, refused: Refusal) -> None:
        super().__init__(_number_of(refused.errno), refused.said)
        self.refused = refused


def error_of(refused: Refusal) -> OSError:
    """Give the error that the system of a disk that is mounted here would have raised."""
    if refused.errno == "ENOENT":
        return FileNotFoundError(errno.ENOENT, refused.said)
    if refused.errno == "ENOTDIR":
        return NotADirectoryError(errno.ENOTDIR, refused.said)
    return RefusedThereError(refused)


def not_listed(path: str) -> RefusedThereError:
    """Say that a list does not tell of a path; ``path`` is absolute, as the system takes it."""
    return RefusedThereError(Refusal("NOT_LISTED", escape_name(path)))


def damaged(path: str, said: str) -> RefusedThereError:
    return RefusedThereError(Refusal("DAMAGED", escape_name(path), said))


def unreadable(refused: Refusal, below: str, header: Header, most: int = 0) -> Unreadable:
    """Say what refused; ``most`` is the limit in bytes of a file that was to be read."""
    path, name = unescape_name(refused.path), refused.errno
    if name in ("EACCES", "EPERM"):
        return _not_permitted(refused, path, below, header.user)
    if name in _NOT_IN_LIST:
        return Unreadable(refused.path, "ENOTLISTED", _NOT_IN_LIST[name], below)
    if name == "DAMAGED":
        return Unreadable(refused.path, "EBADLIST", f"{refused.said}; {_MAKE_ANEW}", below)
    if name in _OF_FILES:
        return _OF_FILES[name](path, below, most)
    return refusal_of(path, below, OSError(_number_of(name), refused.said))


def _number_of(name: str) -> int:
    return next((number for number, each in errno.errorcode.items() if each == name), errno.EIO)


def _not_permitted(refused: Refusal, path: str, below: str, user: str) -> Unreadable:
    known = refused.owner is not None and refused.mode is not None
    guard = Guard(refused.owner or "", refused.mode or 0, refused.directory, refused.ours)
    return permission_refusal(path, below, refused.errno, user, guard if known else None)
