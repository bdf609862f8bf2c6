"""A receiver that writes files of JSON lines: one for each delivery, whole or not there."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from seqauto_pipeline.delivery.handing import Parcel


@dataclass(frozen=True, slots=True)
class JsonLines:
    """Writes ``scan-<number>-<hash>.jsonl``.

    The hash is that of the content: a delivery that is repeated, because its end could not be
    recorded, writes the same file again.
    """

    directory: Path
    takes_all_runs: bool = True

    def take(self, parcels: Iterator[Parcel], scan: int) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with tempfile.NamedTemporaryFile(
            dir=self.directory, prefix=".draft-", suffix=".jsonl", delete=False
        ) as draft:
            path = Path(draft.name)
            try:
                for parcel in parcels:
                    line = msgspec.json.encode(parcel.as_json()) + b"\n"
                    digest.update(line)
                    draft.write(line)
                size = draft.tell()
                draft.flush()
                os.fsync(draft.fileno())
                if size:
                    path.chmod(0o644)
                    path.replace(self.directory / _name(scan, digest.hexdigest()))
            finally:
                path.unlink(missing_ok=True)
        _sync(self.directory)


def _name(scan: int, digest: str) -> str:
    return f"scan-{scan:08d}-{digest[:12]}.jsonl"


def _sync(directory: Path) -> None:
    """Have the file's name on the disk, too, before it counts as delivered."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
