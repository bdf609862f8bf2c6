"""The programs of a PBS that stands in for a real one, put first on the PATH."""

import os
import sys
from pathlib import Path

import pytest

from seqauto_pipeline_tests.jobs import pbs_stand_in


def start_server(folder: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the directory of a new server; `kind` is "openpbs" or "torque"."""
    state, programs = folder / "server", folder / "bin"
    state.mkdir()
    programs.mkdir()
    (state / "kind").write_text(kind)
    for name in ("qsub", "qstat", "qselect", "qdel"):
        program = programs / name
        command = f"{sys.executable} -S -E {pbs_stand_in.__file__} {state} {name}"
        program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return state
