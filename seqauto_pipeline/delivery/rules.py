"""What a laboratory says about delivery, as plain values."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.delivery.things import Json

# A new number makes each run be worked out again: raise it when a body changes.
BODIES_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that made some files."""

    name: str
    version: str
    files: str = "*"  # a pattern of their names
    kit: str | None = None  # None: of every kit
    run_params: str | None = None

    def made(self, file_name: str, kit: str | None) -> bool:
        is_of_kit = self.kit is None or self.kit == kit
        return is_of_kit and (self.files == "*" or fnmatchcase(file_name, self.files))


@dataclass(frozen=True, slots=True)
class Kit:
    """What a receiver calls an enrichment kit."""

    name: str
    version: int = 1

    def as_json(self) -> dict[str, Json]:
        return {"name": self.name, "version": self.version}


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """What bodies are made with, beside the models."""

    kits: Mapping[str, Kit] = field(default_factory=dict)  # by our name
    may_create_kits: bool = True
    aligners: tuple[Tool, ...] = ()
    callers: tuple[Tool, ...] = ()
    uploads: tuple[str, ...] = ()  # types of files
    patches_flags: bool = False  # flags of a delivered run are changed over there
    archive: Archive = field(default_factory=Archive)

    def kit(self, name: str) -> Kit:
        return self.kits.get(name) or Kit(name)

    def is_known(self, kit: str) -> bool:
        return self.may_create_kits or kit in self.kits

    def aligner(self, file_name: str, kit: str | None) -> Tool | None:
        return next((each for each in self.aligners if each.made(file_name, kit)), None)

    def caller(self, file_name: str, kit: str | None) -> Tool | None:
        return next((each for each in self.callers if each.made(file_name, kit)), None)

    def stamp(self) -> str:
        """Sum up the rules; not the day, which matters to archived files only."""
        said = (self.kits, self.may_create_kits, self.aligners, self.callers)
        more = (self.uploads, self.patches_flags, self.archive.rules)
        return repr((BODIES_VERSION, said, more))


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """How a server is treated."""

    pause: float = 0.1  # seconds between two requests
    connect_timeout: float = 10.0
    read_timeout: float = 120.0
    settle: float = 150.0  # seconds for which a server may work on a request that we gave up
    batch_records: int = 50
    batch_bytes: int = 1_000_000
    attempts: int = 5  # of what the server fails at, before it is parked
    first_delay: dt.timedelta = dt.timedelta(minutes=1)
    longest_delay: dt.timedelta = dt.timedelta(hours=6)
