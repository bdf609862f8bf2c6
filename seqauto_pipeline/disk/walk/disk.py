"""What a walk asks of a disk: answered by the system, or by a list that was made elsewhere.

Paths are absolute, as the system takes them, but for those called ``below``, which are escaped and
relative to the run folder. Whatever cannot be answered raises the OSError of the system that was
asked; `refusal_of` says it to people.
"""

import os
from collections.abc import Mapping
from typing import Protocol, Self

from seqauto_pipeline.core.file_list import DirectoryListing, Entry, Unreadable


class Name(Protocol):
    """One name in a directory above the run folders, as ``os.scandir`` gives it."""

    @property
    def path(self) -> str: ...

    def is_symlink(self) -> bool: ...

    def is_dir(self, *, follow_symlinks: bool) -> bool: ...

    def stat(self, *, follow_symlinks: bool) -> os.stat_result: ...


class Disk(Protocol):
    """The directories and files of one root."""

    def why_unavailable(self) -> str | None:
        """Say why nothing of this root can be told, where that is known without looking."""

    def for_run(self, below_root: str) -> "Disk":
        """Give what answers for one run folder, by its escaped path below the root."""

    def part(self, below_root: frozenset[str]) -> Self:
        """Give what answers for some run folders only, to be sent to another process."""

    def is_empty(self, path: str) -> bool: ...

    def names_in(self, path: str) -> Mapping[str, Name]: ...

    def list_directory(self, path: str) -> tuple[DirectoryListing, bool]: ...

    def resolve_link(self, path: str, link: os.stat_result) -> Entry: ...

    def is_directory(self, path: str) -> bool:
        """Tell whether a path leads to a directory, links followed. It raises nothing."""

    def facts_of(self, path: str, *, follow_link: bool = False) -> os.stat_result: ...

    def exists(self, path: str) -> bool:
        """Tell whether a name stands there, were it a broken link."""

    def is_as_listed(
        self, path: str, listed_ns: int, *, modified_ns: int, size: int | None = None
    ) -> bool: ...

    def read(self, path: str, below: str, max_bytes: int) -> tuple[bytes, int]:
        """Read a file; give its bytes and modification time in ns. Raises ReadRefused."""

    def why_unknown(self, path: str, below: str) -> Unreadable:
        """Say why the facts of a listed name cannot be had."""

    def refusal_of(
        self, path: str, below: str, error: OSError, *, of_target: bool = False
    ) -> Unreadable: ...
