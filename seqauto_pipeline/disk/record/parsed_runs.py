"""What one step of a scan read from sheets and metadata, kept as JSON for the next step.

Of each run there is a line with its fingerprint and a length, and so many bytes of compressed JSON.
"""

import zlib
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import msgspec

from seqauto_pipeline.core.verdict.parsed_run import ParsedRun

_LEVEL = 1
_LONGEST_LINE = 1000  # bytes of a fingerprint and a length: what is longer is another kind of file
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ParsedRun).decode
_decode_line = msgspec.json.Decoder(tuple[str, int]).decode


class PackedParsed(NamedTuple):
    """A parsed run as the file holds it, and as one process hands it to another."""

    fingerprint: str
    data: bytes


class _Place(NamedTuple):
    path: Path
    offset: int
    length: int  # bytes


def pack_parsed(fingerprint: str, run: ParsedRun) -> PackedParsed:
    return PackedParsed(fingerprint, zlib.compress(_encode(run), _LEVEL))


def write_parsed(path: Path, runs: Iterable[PackedParsed]) -> None:
    """Keep what the sheets and metadata of runs say, by fingerprint."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as file:
        for run in runs:
            file.write(b"%b\n%b" % (_encode((run.fingerprint, len(run.data))), run.data))
    partial.replace(path)


class ParsedRuns(Mapping[str, ParsedRun]):
    """The runs of `write_parsed` by fingerprint; none of a file that is not there or damaged.

    Files only save parsing twice: a run that they do not have is parsed from the record again. They
    are looked through when the first run is asked for, and each run is read when it is, so that a
    hundred thousand take little memory.
    """

    def __init__(self, *paths: Path, wanted: Container[str] | None = None) -> None:
        """Take the runs of some files; only the ``wanted`` fingerprints, or, with None, all."""
        self._paths, self._wanted = paths, wanted

    @cached_property
    def _places(self) -> dict[str, _Place]:
        found: dict[str, _Place] = {}
        for path in self._paths:
            try:
                found.update(_places_in(path, self._wanted))
            except (OSError, EOFError, ValueError):  # not there, or damaged
                continue
        return found

    def __getitem__(self, fingerprint: str) -> ParsedRun:
        path, offset, length = self._places[fingerprint]
        try:
            with path.open("rb") as file:
                file.seek(offset)
                return _decode(zlib.decompress(file.read(length)))
        except (OSError, zlib.error, ValueError) as error:  # damaged: as if it were not there
            raise KeyError(fingerprint) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _places_in(path: Path, wanted: Container[str] | None) -> dict[str, _Place]:
    found = {}
    with path.open("rb") as file:
        while line := file.readline(_LONGEST_LINE):
            fingerprint, length = _decode_line(line)
            offset = file.tell()
            if len(file.read(length)) != length:
                raise EOFError
            if wanted is None or fingerprint in wanted:
                found[fingerprint] = _Place(path, offset, length)
    return found
