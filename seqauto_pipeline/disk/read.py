"""Open files of a sequencing disk: regular files only, within limits, links only as allowed."""

import errno
import gzip
import os
import shlex
import stat
import zlib
from dataclasses import dataclass
from io import BytesIO

from seqauto_pipeline.accounts import account_name
from seqauto_pipeline.core.file_list import Unreadable, escape_name
from seqauto_pipeline.disk.open_folders import OpenFolders
from seqauto_pipeline.disk.trusted_times import modified_ns_of
from seqauto_pipeline.list_files.opening import (
    OPEN_FLAGS,
    first_refusing,
    is_below,
    is_opened_below,
    read_whole,
)
from seqauto_pipeline.list_files.opening import real_path as real_path  # noqa: PLC0414 - handed on


class ReadRefused(Exception):  # noqa: N818 - it never leaves this package's callers as an error
    """A file that could not be read, and why; ``refusal`` says it to people."""

    def __init__(self, refusal: Unreadable) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def read_file(
    path: str, below: str, *, max_bytes: int, root: str | None = None
) -> tuple[bytes, int]:
    """Read a regular file; give its bytes and modification time in ns.

    ``below`` is the path relative to the run folder, for the refusal. Raises ReadRefused when the
    file cannot be opened, is no regular file, is larger than ``max_bytes``, or is not below
    ``root``: a directory on the way may have become a link since it was listed.
    """
    return _read_and_close(open_file(path, below, root=root), path, below, max_bytes)


def open_file(path: str, below: str, *, root: str | None = None) -> int:
    """Open a file for reading, and give its descriptor. Raises ReadRefused as `read_file` does."""
    try:
        handle = os.open(path, OPEN_FLAGS)
    except OSError as error:
        raise ReadRefused(refusal_of(path, below, error)) from error
    if root is not None and not is_opened_below(root, handle, path):
        os.close(handle)
        raise ReadRefused(link_out_refusal(path, below))
    return handle


def read_through_link(
    path: str, below: str, *, max_bytes: int, root: str | None, folders: OpenFolders | None = None
) -> tuple[bytes, int]:
    """Read as ``read_file`` does, also what a symbolic link leads to; ``root`` None: anywhere.

    A link that leads out of ``root`` is refused: it may have changed since it was listed. Many
    files of one directory are read faster with ``folders``.
    """
    handle = folders.open_file(path) if folders is not None else None
    if handle is not None:
        return _read_and_close(handle, path, below, max_bytes)
    try:
        return read_file(path, below, max_bytes=max_bytes, root=root)
    except ReadRefused:
        if not os.path.islink(path):
            raise
    return read_file(_target_of(path, below, root), below, max_bytes=max_bytes, root=root)


def _target_of(path: str, below: str, root: str | None) -> str:
    try:
        real = os.path.realpath(path)
    except OSError as error:  # a part of the way went while it was followed
        raise ReadRefused(refusal_of(path, below, error)) from error
    if root is not None and not is_below(real, root):
        raise ReadRefused(link_out_refusal(path, below))
    return real


def _read_and_close(handle: int, path: str, below: str, max_bytes: int) -> tuple[bytes, int]:
    try:
        return _read_regular(handle, path, below, max_bytes)
    except OSError as error:
        raise ReadRefused(refusal_of(path, below, error)) from error
    finally:
        os.close(handle)


def _read_regular(handle: int, path: str, below: str, max_bytes: int) -> tuple[bytes, int]:
    facts = os.fstat(handle)
    if not stat.S_ISREG(facts.st_mode):
        raise ReadRefused(not_regular(path, below))
    data = read_whole(handle, facts.st_size, max_bytes)
    if data is None:
        raise ReadRefused(too_large(path, below, max_bytes))
    return data, modified_ns_of(facts)


def decompressed(data: bytes, path: str, below: str, *, max_bytes: int) -> bytes:
    """Unpack gzip data, whatever its name; give other data back as it is.

    Raises ReadRefused for damaged data and for more than ``max_bytes`` of unpacked data.
    """
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        content = _one_member(data, max_bytes)
        if content is None:
            with gzip.GzipFile(fileobj=BytesIO(data)) as unpacked:
                content = unpacked.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = f"its gzip data is damaged: {error}"
        raise ReadRefused(_refused(path, below, "EBADGZIP", reason)) from error
    if len(content) > max_bytes:
        reason = f"it unpacks to more than the limit of {max_bytes} bytes"
        raise ReadRefused(_refused(path, below, "EFBIG", reason))
    return content


def _one_member(data: bytes, max_bytes: int) -> bytes | None:
    """Unpack what nearly all gzip files are, three times faster; None for what is otherwise.

    Of what is larger than ``max_bytes`` it gives a byte more than that.
    """
    stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = stream.decompress(data, max_bytes + 1)
    except zlib.error:
        return None
    is_whole = stream.eof and not stream.unused_data
    return content if is_whole or len(content) > max_bytes else None


def refusal_of(path: str, below: str, error: OSError) -> Unreadable:
    """Say which directory or file refused, what the system said, and what would help."""
    name = errno.errorcode.get(error.errno or 0, "EIO")
    if error.errno in (errno.EACCES, errno.EPERM):
        return _permission_refusal(path, below, name)
    if error.errno == errno.ENOENT:
        return _refused(path, below, name, "it was listed and had vanished when it was read")
    if error.errno == errno.ELOOP:
        return _refused(path, below, name, "it is a symbolic link, which is not opened")
    if error.errno == errno.EFBIG:
        reason = f"it holds {error.strerror}: empty it, or raise max_entries_per_directory"
        return _refused(path, below, name, reason)
    if error.errno in (errno.EMFILE, errno.ENFILE):
        reason = "no more files may be opened: raise the limit (LimitNOFILE= of the service)"
        return _refused(path, below, name, reason)
    said = error.strerror or str(error)
    return _refused(path, below, name, f"the system says: {said}; check the disk and its mount")


def link_out_refusal(path: str, below: str) -> Unreadable:
    reason = (
        "it is a symbolic link that leads out of the scanned root: move what it leads to below "
        "the root, or set follow_links_out_of_root = true"
    )
    return _refused(path, below, "ELOOP", reason)


def not_regular(path: str, below: str) -> Unreadable:
    return _refused(path, below, "ENOTREG", "it is not a regular file")


def too_large(path: str, below: str, max_bytes: int) -> Unreadable:
    return _refused(path, below, "EFBIG", f"it is larger than the limit of {max_bytes} bytes")


@dataclass(frozen=True, slots=True)
class Guard:
    """What keeps a user from a file or directory."""

    owner: str  # the numbers of its user and group, with : between
    mode: int
    is_directory: bool
    is_ours: bool


def _permission_refusal(path: str, below: str, name: str) -> Unreadable:
    refusing = first_refusing(path)
    try:
        facts = os.lstat(refusing)
    except OSError:
        return permission_refusal(refusing, below, name, account_name(), None)
    guard = Guard(
        f"{facts.st_uid}:{facts.st_gid}",
        stat.S_IMODE(facts.st_mode),
        stat.S_ISDIR(facts.st_mode),
        facts.st_uid == os.geteuid(),
    )
    return permission_refusal(refusing, below, name, account_name(), guard)


def permission_refusal(
    refusing: str, below: str, name: str, user: str, guard: Guard | None
) -> Unreadable:
    """Say what a user may not read, and who can change that; ``guard`` None: nobody knows."""
    if guard is None:
        return _refused(refusing, below, name, f"user {user} may not read it")
    needed = "rx" if guard.is_directory else "r"
    # An entry for its owner would change nothing.
    own = guard.is_ours
    advice = _own_advice(refusing, needed) if own else _advice(refusing, user, needed)
    mode = f"owner {guard.owner}, mode {guard.mode:04o}"
    return _refused(refusing, below, name, f"user {user} may not read it: {mode}; {advice}")


def _own_advice(path: str, needed: str) -> str:
    return f"it is your own, so run: chmod u+{needed} {shlex.quote(escape_name(path))}"


def _advice(path: str, user: str, needed: str) -> str:
    command = f"setfacl -m u:{user}:{needed} {shlex.quote(escape_name(path))}"
    return f"its owner can run: {command} (or chmod o+{needed})"


def _refused(path: str, below: str, name: str, reason: str) -> Unreadable:
    return Unreadable(escape_name(path), name, reason, below)
