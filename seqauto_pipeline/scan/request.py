"""What a person may ask of a scan: the one place where its options are declared.

The launch config of the job, the options of the command line and the texts of both are made from
the fields of `ScanRequest`. Nothing slow is imported here: the command line's help comes from it.
"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from seqauto_pipeline.core.file_list import Scope, escape_name
from seqauto_pipeline.errors import UnknownRootError

Choice = bool | str | tuple[str, ...]

_Choice = TypeVar("_Choice", bound=Choice)
_TEXTS = "option"  # the key of an option's texts in the metadata of its field


@dataclass(frozen=True, slots=True)
class OptionTexts:
    """How an option is called and explained on the command line, and explained in the launchpad."""

    flag: str
    on_command_line: str  # `{does}` stands for what the command does: "Scan only"
    in_launchpad: str = ""  # empty: as on the command line
    metavar: str | None = None
    is_directory: bool = False  # one of this machine: may be relative to the working directory
    narrows: bool = False  # the command is kept to a part of the disks


@dataclass(frozen=True, slots=True)
class LaunchOption:
    """One option. The type of its default is its type; a tuple takes several values."""

    name: str
    default: Choice
    texts: OptionTexts


def _option(default: _Choice, texts: OptionTexts) -> _Choice:
    chosen: _Choice = field(default=default, metadata={_TEXTS: texts})
    return chosen


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What one scan is asked to do. The defaults ask for a scan of everything.

    A new option is a new field. Roots and runs are as a person wrote them, until `for_roots`.
    """

    runs: tuple[str, ...] = _option(
        (),
        OptionTexts(
            flag="--run",
            metavar="NAME",
            narrows=True,
            on_command_line="{does} this sequencing run: its name, or its path below a root. May "
            "be given several times.",
            in_launchpad="Scan only these sequencing runs: their names, a part of a name that is "
            "known, or their paths below a root. Empty: all of them.",
        ),
    )
    roots: tuple[str, ...] = _option(
        (),
        OptionTexts(
            flag="--root",
            metavar="PATH",
            is_directory=True,
            narrows=True,
            on_command_line="{does} this root, one of the configured ones. May be given several "
            "times.",
            in_launchpad="Scan only below these roots. Each must be one of scan_roots in the "
            "settings; any other directory is refused. Empty: all of them.",
        ),
    )
    full: bool = _option(
        False,  # noqa: FBT003 - a default
        OptionTexts(
            flag="--full",
            on_command_line="List every directory, also of runs that have not changed for long. A "
            "scan does so by itself every full_scan_every_days.",
        ),
    )
    reuse_prev_scan_id: str = _option(
        "",
        OptionTexts(
            flag="--reuse-prev-scan-id",
            metavar="ID",
            on_command_line="Use the file list that an earlier scan kept, and go straight to the "
            "models. ID as `seqauto scans` shows it, or latest, or latest-finished.",
            in_launchpad="Do not look at the disks: take the file list that an earlier scan kept. "
            "Its id as the list of Runs shows it, or latest or latest-finished. Empty: look at the "
            "disks.",
        ),
    )
    force: bool = _option(
        False,  # noqa: FBT003 - a default
        OptionTexts(
            flag="--force",
            on_command_line="Apply an earlier file list though a newer one was applied since.",
            in_launchpad="Apply the file list of reuse_prev_scan_id even when a newer one was "
            "applied since: the states become those of that day.",
        ),
    )
    accept_vanished: tuple[str, ...] = _option(
        (),
        OptionTexts(
            flag="--accept-vanished",
            metavar="PATH",
            on_command_line="Believe that what was below this root, kit or run is gone, and mark "
            "it deleted.",
            in_launchpad="Paths (a root, a kit or a run) whose loss is real: what was there is "
            "marked deleted, even where so much is gone that a lost mount would be suspected.",
        ),
    )
    start_over: bool = _option(
        False,  # noqa: FBT003 - a default
        OptionTexts(
            flag="--start-over",
            on_command_line="Begin a new models database where the old one is gone. Where it is "
            "there, this changes nothing.",
        ),
    )

    only_launch_types: tuple[str, ...] = _option(
        (),
        OptionTexts(
            flag="--only-launch-types",
            metavar="TYPE",
            on_command_line="Launch jobs for this file type only. May be given several times.",
            in_launchpad="Launch jobs for these file types only. Empty: for all that have a "
            "recipe.",
        ),
    )
    dry_run_jobs: bool = _option(
        False,  # noqa: FBT003 - a default
        OptionTexts(
            flag="--dry-run-jobs",
            on_command_line="Write the scripts of jobs that are due, and launch none.",
        ),
    )

    @property
    def scope(self) -> Scope:
        return Scope(self.roots, self.runs)

    @property
    def accepted(self) -> frozenset[str]:
        """Paths whose loss is real, without a ``/`` at their ends."""
        return frozenset(path.rstrip("/") or "/" for path in self.accept_vanished)

    def launch_config(self) -> dict[str, bool | str | list[str]]:
        """Write the request as the job's launch config has it."""
        values = ((each.name, getattr(self, each.name)) for each in fields(self))
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values}

    def with_whole_names(self, known: Collection[str]) -> "ScanRequest":
        """Add the runs whose name has a part that was given; ``known`` are paths below roots.

        What was given stays: a folder that no scan has seen yet may be called just so.
        """
        whole = {*known, *(path.rpartition("/")[2] for path in known)}
        parts = [name for name in self.runs if name not in whole]
        found = [path for part in parts for path in known if is_part(part, (path,))]
        return replace(self, runs=tuple(dict.fromkeys((*self.runs, *found))))

    def for_roots(self, configured: Collection[str]) -> "ScanRequest":
        """Give the request with its names as file lists have them.

        Only configured roots will do, since the web server has no login: any other one is refused.
        """
        roots = tuple(escape_name(os.path.normpath(root)) for root in self.roots)
        for root in roots:
            if root not in configured:
                raise UnknownRootError(root, tuple(configured))
        return replace(self, roots=roots, runs=tuple(map(escape_name, self.runs)))


def is_part(text: str, paths: Collection[str]) -> bool:
    """Whether a text is a part of the name of a run folder, in any case of letters."""
    part = text.casefold()
    return any(part in path.rpartition("/")[2].casefold() for path in paths)


LAUNCH_OPTIONS = tuple(
    LaunchOption(each.name, getattr(ScanRequest(), each.name), each.metadata[_TEXTS])
    for each in fields(ScanRequest)
)


def request_of(chosen: Mapping[str, object]) -> ScanRequest:
    """Make a request of options by name, whose types Dagster or the command line has checked."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in chosen.items()
    }
    return ScanRequest(**values)
