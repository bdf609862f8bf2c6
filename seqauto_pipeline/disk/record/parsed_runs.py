"""What one step of a scan read from sheets and metadata, kept as JSON for the next step."""

import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from seqauto_pipeline.core.verdict.parsed_run import ParsedRun

_GZIP_LEVEL = 1
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ParsedRun).decode


def write_parsed(path: Path, runs: Iterable[tuple[str, ParsedRun]]) -> None:
    """Write a line for each run: its fingerprint, and what its sheet and metadata say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with gzip.open(partial, "wb", _GZIP_LEVEL) as lines:
        for fingerprint, run in runs:
            lines.write(b"%b\t%b\n" % (_encode(fingerprint), _encode(run)))
    partial.replace(path)


class ParsedRuns(Mapping[str, ParsedRun]):
    """The runs of `write_parsed` by fingerprint; empty when the file is not there or damaged.

    This file only saves parsing twice: a run that it does not have is parsed from the record
    again. Runs stay compressed until they are asked for, so that ten thousand take little memory.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._lines = _compressed_lines(path)
        except (OSError, EOFError, zlib.error, ValueError):  # not there, or damaged
            self._lines = {}

    def __getitem__(self, fingerprint: str) -> ParsedRun:
        return _decode(zlib.decompress(self._lines[fingerprint]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _compressed_lines(path: Path) -> dict[str, bytes]:
    found = {}
    with gzip.open(path, "rb") as lines:
        for line in lines:
            fingerprint, _, text = line.partition(b"\t")
            found[msgspec.json.decode(fingerprint, type=str)] = zlib.compress(text, _GZIP_LEVEL)
    return found
