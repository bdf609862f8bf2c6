"""What the operator decides about walking a disk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WalkOptions:
    """What a walk leaves out, and its limits."""

    skip_marker: str = ".variantgrid_skip_flowcell"
    skip_patterns: tuple[str, ...] = ()  # regular expressions on the absolute path of a run folder
    follow_links_out_of_root: bool = False
    max_input_bytes: int = 16 << 20
    max_entries: int = 200_000  # of one directory
    threads: int = 8
    seconds_per_directory: float = 60
    left_alone: frozenset[str] = frozenset()  # paths below the root that are only looked for
