"""Facts of directories and files as a list holds them: plain values for JSON."""

import base64
import errno
import os
import stat
import time
from typing import Any, Optional

from seqauto_pipeline.list_files.names import escape_name
from seqauto_pipeline.list_files.opening import (
    OPEN_DIRECTORY,
    OPEN_FLAGS,
    first_refusing,
    is_below,
    is_opened_below,
    read_whole,
    real_path,
)

Facts = dict[str, Any]
_NAMES_THAT_MAY_REFUSE = 8  # of one directory, each by itself; with more it is the directory


def kind_of(mode: int) -> str:
    """One letter: file, directory, symbolic link or other."""
    letters = {stat.S_IFREG: "f", stat.S_IFDIR: "d", stat.S_IFLNK: "l"}
    return letters.get(stat.S_IFMT(mode), "o")


def refusal(path: str, error: OSError) -> Facts:
    """Say what refused: the first directory on the way that may not be entered, else the path."""
    name = errno.errorcode.get(error.errno or 0, "EIO")
    facts: Facts = {"errno": name, "said": error.strerror or str(error), "path": escape_name(path)}
    if error.errno not in (errno.EACCES, errno.EPERM):
        return facts
    refusing = first_refusing(path)
    facts["path"] = escape_name(refusing)
    try:
        found = os.lstat(refusing)
    except OSError:
        return facts
    facts["owner"] = f"{found.st_uid}:{found.st_gid}"
    facts["mode"] = stat.S_IMODE(found.st_mode)
    facts["directory"] = stat.S_ISDIR(found.st_mode)
    facts["ours"] = found.st_uid == os.geteuid()
    return facts


def _refused(path: str, why: str) -> Facts:
    return {"refused": {"errno": why, "said": "", "path": escape_name(path)}}


class Looker:
    """Looks at single directories and files of one root."""

    def __init__(self, root: str, max_entries: int, *, follow_links_out: bool) -> None:
        self._root, self._max_entries = root, max_entries
        self._follow_links_out = follow_links_out

    def entry(self, facts: os.stat_result) -> tuple[str, int, int]:
        """Give kind, size in bytes and modification time in ns."""
        kind = kind_of(facts.st_mode)
        return kind, facts.st_size if kind == "f" else 0, facts.st_mtime_ns

    def link(self, path: str) -> Facts:
        """Give the facts of what a symbolic link leads to."""
        try:
            target = os.stat(path)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return {"leads": "b"}
            return {"leads": "u", "refused": self.why_unknown(path)}
        kind, size, modified = self.entry(target)
        real = real_path(path)
        below = real == real_path(self._root) or is_below(real, self._root)
        return {"leads": kind, "size": size, "modified": modified, "below": below}

    def may_follow(self, link: Facts) -> bool:
        return link["leads"] == "d" and (self._follow_links_out or link["below"])

    def why_unknown(self, path: str) -> Facts:
        """Ask once more for the facts of a name, and say why they cannot be had."""
        target = real_path(path)
        try:
            os.stat(target)
        except OSError as error:
            return refusal(target, error)
        return refusal(target, FileNotFoundError(errno.ENOENT, "it came and went"))

    def looked_at(self, path: str, *, follow_link: bool) -> Optional[Facts]:
        """Give the facts of one path; None where nothing is there."""
        try:
            facts = os.stat(path) if follow_link else os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return {"refused": refusal(path, error)}
        found: Facts = {"entry": self.entry(facts), "changed": facts.st_ctime_ns}
        if found["entry"][0] == "l":
            found["link"] = self.link(path)
        return found

    def directory(self, path: str) -> Facts:
        """List one directory, with the facts of all its names."""
        try:
            folder = os.open(path, OPEN_DIRECTORY)
            try:
                facts, listed = os.fstat(folder), time.time_ns()
                found = {"modified": facts.st_mtime_ns, "changed": facts.st_ctime_ns}
                with os.scandir(folder) as names:
                    return {**found, "listed": listed, **self._entries(names, path)}
            finally:
                os.close(folder)
        except OSError as error:
            return {"refused": refusal(path, error)}

    def _entries(self, names: Any, folder: str) -> Facts:
        entries: dict[str, tuple[str, int, int]] = {}
        links: dict[str, Facts] = {}
        unknown: dict[str, Facts] = {}
        refused = 0
        for each in names:
            self._require_room(entries)
            name, path = escape_name(each.name), f"{folder}/{each.name}"
            try:
                entries[name] = self.entry(each.stat(follow_symlinks=False))
            except OSError as error:
                _raise_if_of_directory(error, is_last_chance=refused >= _NAMES_THAT_MAY_REFUSE)
                entries[name], unknown[name] = ("u", 0, 0), self.why_unknown(path)
                refused += 1
                continue
            if entries[name][0] == "l":
                links[name] = self.link(path)
                refused += links[name]["leads"] == "u"
        return {"entries": entries, **_if_any(links=links, unknown=unknown)}

    def _require_room(self, entries: Facts) -> None:
        if len(entries) >= self._max_entries:
            raise OSError(errno.EFBIG, f"more than {self._max_entries} entries")

    def upper_directory(self, path: str) -> Facts:
        """List a directory above the run folders, without asking for the facts of its names."""
        try:
            entries: dict[str, tuple[str, int, int]] = {}
            links: dict[str, Facts] = {}
            unknown: dict[str, Facts] = {}
            with os.scandir(path) as names:
                for each in names:
                    self._require_room(entries)
                    name = escape_name(each.name)
                    entries[name] = (_kind_of_name(each), 0, 0)
                    if entries[name][0] == "l":
                        links[name] = self.link(each.path)
                    elif entries[name][0] == "u":
                        unknown[name] = self.why_unknown(each.path)
        except OSError as error:
            return {"refused": refusal(path, error)}
        return {
            "listed": time.time_ns(),
            "entries": entries,
            **_if_any(links=links, unknown=unknown),
        }

    def bytes_of(self, path: str, most: int, changed_since_ns: int = 0) -> Facts:
        """Read a regular file; links are followed as far as they may be."""
        found = self._read(path, most, changed_since_ns)
        if "refused" in found and os.path.islink(path):
            real = real_path(path)
            if not (self._follow_links_out or is_below(real, self._root)):
                return _refused(path, "LINK_OUT")
            return self._read(real, most, changed_since_ns)
        return found

    def _read(self, path: str, most: int, changed_since_ns: int) -> Facts:
        try:
            handle = os.open(path, OPEN_FLAGS)
            try:
                facts = os.fstat(handle)
                if not (self._follow_links_out or is_opened_below(self._root, handle, path)):
                    return _refused(path, "LINK_OUT")
                if not stat.S_ISREG(facts.st_mode):
                    return _refused(path, "NOT_REGULAR")
                if facts.st_ctime_ns < changed_since_ns:
                    return _refused(path, "UNCHANGED")
                data = read_whole(handle, facts.st_size, most)
            finally:
                os.close(handle)
        except OSError as error:
            return {"refused": refusal(path, error)}
        if data is None:
            return _refused(path, "TOO_LARGE")
        times = {"modified": facts.st_mtime_ns, "changed": facts.st_ctime_ns}
        return {**times, **_as_text(data)}


def _as_text(data: bytes) -> Facts:
    """Text is kept as it is: it compresses far better than base64."""
    if b"\x00" not in data:
        try:
            return {"text": data.decode("utf-8")}
        except UnicodeDecodeError:
            pass
    return {"base64": base64.b64encode(data).decode("ascii")}


def _kind_of_name(each: "os.DirEntry[str]") -> str:
    try:
        if each.is_symlink():
            return "l"
        return "d" if each.is_dir(follow_symlinks=False) else "f"
    except OSError:
        return "u"


def _raise_if_of_directory(error: OSError, *, is_last_chance: bool) -> None:
    """Raise an error again that is of the directory, and not of the one name in it."""
    if isinstance(error, FileNotFoundError):
        return
    if is_last_chance or error.errno == errno.EACCES:
        raise error


def _if_any(**parts: Facts) -> Facts:
    return {name: part for name, part in parts.items() if part}
