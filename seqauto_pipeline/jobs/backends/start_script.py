"""The few lines that a scheduler is handed: they go to a job's directory and start its script."""

import os
import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from seqauto_pipeline.jobs.backend import EXIT, LOG, SCRIPT

STARTED_AS = "started_as.txt"  # in the directory of a job that began: the scheduler's id of it
NO_DIRECTORY = 97  # the exit code where the machine does not see the directory of the job
NO_DIRECTORY_WORDS = "the machine that it was given does not see the directory of the job"

# sbatch refuses a script that has a carriage return before a line feed: it takes it for a text of
# Windows. So a carriage return in the name of a directory is put in when the script runs.
_BEGIN = b"""#!/bin/sh
cr=$(printf '\\r')
set --"""
_END = f"""
shift "${{SLURM_ARRAY_TASK_ID:-0}}"
cd -- "$1" || exit {NO_DIRECTORY}
rm -f {EXIT}
task=${{SLURM_ARRAY_TASK_ID:+_$SLURM_ARRAY_TASK_ID}}
echo "${{SLURM_ARRAY_JOB_ID:-${{SLURM_JOB_ID:-$PBS_JOBID}}}}$task" >{STARTED_AS}
exec /bin/sh ./{SCRIPT} >>{LOG} 2>&1 </dev/null
""".encode()


def start_script(directories: Sequence[Path]) -> bytes:
    """Write what starts the job of the first directory; in a SLURM array, of the task's own.

    An ``exit.json`` that stands there is of an attempt before, which the scheduler began again.
    """
    named = b" ".join(_quoted(directory) for directory in directories)
    return _BEGIN + b" " + named + _END


def ids_of_started(keys: Collection[str], directory: Path) -> Mapping[str, str]:
    """Give the ids of jobs that began once; their schedulers may have forgotten them since."""
    found = {}
    for key in keys:
        try:
            number = (directory / key / STARTED_AS).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if number:
            found[key] = number
    return found


def _quoted(directory: Path) -> bytes:
    return os.fsencode(shlex.quote(os.fspath(directory))).replace(b"\r", b"'\"$cr\"'")
