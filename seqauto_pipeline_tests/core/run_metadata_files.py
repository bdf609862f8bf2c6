"""The real files of data/run_metadata with what other readers found in them."""

import json
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "run_metadata"
LISTED = json.loads((DATA / "facts.json").read_text())
RUN_INFOS = [each for each in LISTED if each["kind"] == "RunInfo"]
RUN_PARAMETERS = [each for each in LISTED if each["kind"] == "RunParameters"]


def content(name: str) -> bytes:
    return (DATA / name).read_bytes()
