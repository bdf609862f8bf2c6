"""The process that Illumina's library runs in. It writes one JSON object.

The object holds ``figures`` or, where the library refuses, ``refused``: what it says. A file that
ends in the middle of a record is named in ``cut_off``.
"""

import json
import os
import re
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from seqauto_pipeline.core.qc.interop_files import HEAD_BYTES, InteropFile
from seqauto_pipeline.core.qc.values import JsonObject
from seqauto_pipeline.disk.interop.files import INTEROP_FOLDER

_SOURCE_LINE = re.compile(r"\s*\S+\.(?:h|hpp|cpp)::\S+ \(\d+\)")
_SAID = 400  # characters of what the library says


def main() -> None:
    folder, memory_bytes, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    answer_to = os.dup(1)
    os.dup2(2, 1)  # whatever compiled code prints is not the answer
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with os.fdopen(answer_to, "w") as output:
        json.dump(_answer(folder), output)


def _answer(folder: str) -> JsonObject:
    from seqauto_pipeline.disk.interop.library import run_figures  # noqa: PLC0415 - within limits

    files = [_file(path) for path in sorted(Path(folder, INTEROP_FOLDER).iterdir())]
    answer: JsonObject = {
        "versions": {each.name: each.version for each in files if each.version is not None},
        "cut_off": list(_cut_off(files)),
    }
    try:
        return {**answer, "figures": run_figures(folder)}
    except MemoryError:
        raise
    except Exception as error:  # the boundary of a library that raises what it likes
        return {**answer, "refused": _said(error, folder)}


def _said(error: Exception, folder: str) -> str:
    """Say what the library says, without its own source line and the directory of links."""
    said = f"{type(error).__name__}: {error}".replace(folder + "/", "")
    return " ".join(_SOURCE_LINE.sub("", said).split())[:_SAID]


def _file(path: Path) -> InteropFile:
    with path.open("rb") as file:
        return InteropFile(path.name, path.stat().st_size, file.read(HEAD_BYTES))


def _cut_off(files: list[InteropFile]) -> Iterator[JsonObject]:
    for each in files:
        if each.bytes_too_many:
            yield {"name": each.name, "bytes": each.bytes_too_many, "record": each.head[1]}


if __name__ == "__main__":
    main()
