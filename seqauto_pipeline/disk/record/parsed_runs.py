"""What one step of a scan read from sheets and metadata, kept as JSON for the next step."""

import gzip
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
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
    """The runs of `write_parsed` by fingerprint; none of a file that is not there or damaged.

    Files only save parsing twice: a run that they do not have is parsed from the record again. They
    are read when the first run is asked for. Runs stay compressed until then, so that ten thousand
    take little memory.
    """

    def __init__(self, *paths: Path, wanted: Container[str] | None = None) -> None:
        """Take the runs of some files; only the ``wanted`` fingerprints, or, with None, all."""
        self._paths, self._wanted = paths, wanted

    @cached_property
    def _lines(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for path in self._paths:
            try:
                found |= _compressed_lines(path, self._wanted)
            except (OSError, EOFError, zlib.error, ValueError):  # not there, or damaged
                continue
        return found

    def __getitem__(self, fingerprint: str) -> ParsedRun:
        return _decode(zlib.decompress(self._lines[fingerprint]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _compressed_lines(path: Path, wanted: Container[str] | None) -> dict[str, bytes]:
    found = {}
    with gzip.open(path, "rb") as lines:
        for line in lines:
            start, _, text = line.partition(b"\t")
            fingerprint = msgspec.json.decode(start, type=str)
            if wanted is None or fingerprint in wanted:
                found[fingerprint] = zlib.compress(text, _GZIP_LEVEL)
    return found
