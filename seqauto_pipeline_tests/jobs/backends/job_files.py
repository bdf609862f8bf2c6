"""Jobs to hand to a scheduler: directories with a script that runs a command and tells its end."""

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from seqauto_pipeline.jobs.backend import EXIT, SCRIPT, Backend, JobReport, JobScript, JobState

OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.LOST)

# The end of the script that the launcher writes, and what it rests on, in short.
_SCRIPT = f"""\
#!/bin/sh
began=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)
( COMMAND
)
code=$?
printf '{{"exit_code": %d, "host": "%s", "began": "%s", "ended": "%s"}}' "$code" \\
    "$(uname -n)" "$began" "$(date -u +%Y-%m-%dT%H:%M:%S+00:00)" >{EXIT}.part
mv {EXIT}.part {EXIT}
exit "$code"
"""


def make_job(
    folder: Path, key: str, command: str, *, after: tuple[str, ...] = (), seconds: int = 600
) -> JobScript:
    """Write a job whose command is run in its own directory."""
    directory = folder / key
    directory.mkdir(parents=True)
    (directory / SCRIPT).write_bytes(os.fsencode(_SCRIPT.replace("COMMAND", command)))
    return JobScript(key, directory, cores=1, memory_mb=64, seconds=seconds, after=after)


def wait_for(
    backend: Backend,
    jobs: Mapping[str, JobScript],
    is_so: Callable[[JobReport], bool] = lambda report: report.state in OVER,
    seconds: float = 100,
) -> Mapping[str, JobReport]:
    """Ask until something holds of every job."""
    end = time.monotonic() + seconds
    while True:
        reports = backend.reports(jobs)
        if all(map(is_so, reports.values())):
            return reports
        assert time.monotonic() < end, reports
        time.sleep(0.2)
