"""What one step of a scan read from sheets and metadata, kept for the next: JSON, not a pickle."""

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import TypeAdapter

from seqauto_pipeline.core.parsed_run import ParsedRun

_LEVEL = 1


def write_parsed(path: Path, runs: Iterable[tuple[str, ParsedRun]]) -> None:
    """Write a line for each run: its fingerprint, and what its sheet and metadata say."""
    adapter = _adapter()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with gzip.open(partial, "wb", _LEVEL) as lines:
        for fingerprint, run in runs:
            lines.write(json.dumps(fingerprint).encode() + b"\t" + adapter.dump_json(run) + b"\n")
    partial.replace(path)


def read_parsed(path: Path) -> Mapping[str, ParsedRun]:
    """Give the runs of `write_parsed` by fingerprint; none when the file is not there.

    What is not there is parsed again from the record: this file only saves doing it twice.
    """
    if not path.exists():
        return {}
    adapter = _adapter()
    found = {}
    with gzip.open(path, "rb") as lines:
        for line in lines:
            fingerprint, _, text = line.partition(b"\t")
            found[str(json.loads(fingerprint))] = adapter.validate_json(text)
    return found


def _adapter() -> TypeAdapter[ParsedRun]:
    return TypeAdapter(ParsedRun)
