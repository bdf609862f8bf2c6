"""The brake: what vanishes in bulk is taken for a lost mount, not for deletions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.core.file_list import RootListing


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """From which loss on a part of the disk is left as it was known."""

    fraction: float = 0.30  # of what was known; more than that
    min_runs: int = 5
    min_files: int = 100


@dataclass(frozen=True, slots=True)
class KnownRunFolder:
    """A run folder that an earlier scan saw and that counts for the brake."""

    path: str  # below the root
    files: int  # known to be there
    vanished: bool  # the whole folder
    vanished_files: Mapping[str, int]  # by file type; of a vanished run, all its files


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A root or a directory above run folders whose records stay as they are."""

    root: str
    path: str  # below the root; "" is the root itself
    reason: str
    vanished_runs: tuple[str, ...] = ()
    vanished_files: tuple[tuple[str, int], ...] = ()  # by file type

    @property
    def absolute(self) -> str:
        return f"{self.root}/{self.path}" if self.path else self.root

    def holds(self, path: str) -> bool:
        return self.path in ("", path) or path.startswith(self.path + "/")


def find_held_parts(
    root: RootListing,
    known: Iterable[KnownRunFolder],
    limits: BrakeLimits,
    accepted: frozenset[str],
) -> tuple[HeldPart, ...]:
    """List the parts of one root that must not change in this scan, the root itself first.

    ``accepted`` are absolute paths whose loss a person has confirmed, with all below them.
    """
    if root.unavailable is not None and root.path not in accepted:
        return (HeldPart(root.path, "", f"{root.path}: {root.unavailable}"),)
    by_part: dict[str, list[KnownRunFolder]] = {}
    for folder in known:
        if not is_accepted(f"{root.path}/{folder.path}", accepted):
            for part in _parts_above(folder.path):
                by_part.setdefault(part, []).append(folder)
    held = (_judge_part(root, part, by_part[part], limits) for part in sorted(by_part))
    found = tuple(part for part in held if part is not None)
    whole = tuple(part for part in found if part.path == "")
    return whole or found


def is_accepted(path: str, accepted: frozenset[str]) -> bool:
    """Tell whether a person has confirmed that a path is gone; all are absolute."""
    return any(path == each or path.startswith(each.rstrip("/") + "/") for each in accepted)


def _parts_above(path: str) -> Iterator[str]:
    parts = path.split("/")
    for depth in range(len(parts)):
        yield "/".join(parts[:depth])


def _judge_part(
    root: RootListing, part: str, folders: list[KnownRunFolder], limits: BrakeLimits
) -> HeldPart | None:
    vanished = tuple(folder.path for folder in folders if folder.vanished)
    files: Counter[str] = Counter()
    for folder in folders:
        files.update(folder.vanished_files)
    known_files = sum(folder.files for folder in folders)
    reason = _emptied(root, part, folders, vanished) or _too_much(
        len(vanished), len(folders), files.total(), known_files, limits
    )
    if reason is None:
        return None
    by_type = tuple(sorted(files.items()))
    return HeldPart(root.path, part, reason, vanished, by_type)


def _emptied(
    root: RootListing, part: str, folders: list[KnownRunFolder], vanished: tuple[str, ...]
) -> str | None:
    if not part or len(vanished) < len(folders):
        return None
    if part not in root.kits:
        return f"the directory held {counted(len(folders), 'known run')} and is gone"
    if not any(path.startswith(part + "/") for path in root.run_paths):
        return f"the directory held {counted(len(folders), 'known run')} and is empty"
    return None


def _too_much(
    vanished_runs: int, known_runs: int, vanished_files: int, known_files: int, limits: BrakeLimits
) -> str | None:
    if vanished_runs >= limits.min_runs and vanished_runs > limits.fraction * known_runs:
        return f"{vanished_runs} of {known_runs} known runs have vanished"
    if vanished_files >= limits.min_files and vanished_files > limits.fraction * known_files:
        return f"{vanished_files} of {known_files} known files have vanished"
    return None
