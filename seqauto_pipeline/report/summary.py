"""What the lists of the report need of each run.

It is kept with the report, so that an update reads only the runs that changed.
"""

import msgspec


class Problem(msgspec.Struct, array_like=True, frozen=True):
    """One open message, as people read it."""

    severity: str
    code: str
    text: str
    fix: str
    place: str  # file and line; "" where it is of the whole run
    since: str  # day, in the laboratory's zone


Spread = tuple[float, float, float]  # lowest, median and highest of a run's samples


class RunSummary(msgspec.Struct, array_like=True, frozen=True):
    """One sequencing run in the lists. All text is as it is shown."""

    page: str  # file name below the report
    size: int  # of the page, in bytes
    fingerprint: str  # of the page, but for when it was written
    name: str
    kit: str
    date: str
    sequencer: str
    words: str  # that it can be found by, beside its name
    state: str  # in people's words
    found: int  # files
    expected: int
    errors: int  # open messages
    warnings: int
    waits_for: str
    since: str  # day
    samples: tuple[str, ...]  # name, and the id where it differs, with a tab between
    lacking: tuple[int, ...]  # files of each sample
    problems: tuple[Problem, ...]
    of_samples: dict[str, Spread]  # QC figures
    of_run: dict[str, float]
    lost_types: tuple[str, ...]  # of which files are deleted: tomorrow they may be archived


class Manifest(msgspec.Struct, frozen=True):
    """What a report was made from, and what it holds."""

    made_by: str  # fingerprint of program, templates and settings: another one makes all anew
    scan: int  # the last that was stored when it was made; 0: none
    scan_id: str  # Dagster's, which tells one database from another
    day: str  # in the laboratory's zone: files turn archived as days pass
    runs: dict[int, RunSummary]
