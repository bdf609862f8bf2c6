"""Jobs on a SLURM cluster: sbatch, squeue, scontrol, sacct and scancel.

Source: SchedMD's manual pages of these programs, https://slurm.schedmd.com/man_index.html.
"""

import base64
import datetime as dt
import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seqauto_pipeline.errors import JobRefusedError, SeqAutoError
from seqauto_pipeline.jobs.backend import JobReport, JobScript, JobState
from seqauto_pipeline.jobs.backends.calls import Answer, Caller
from seqauto_pipeline.jobs.backends.handed_on import environment_of_jobs
from seqauto_pipeline.jobs.backends.judged import judged
from seqauto_pipeline.jobs.backends.slurm_states import (
    ACCOUNT_FIELDS,
    QUEUE_FIELDS,
    SlurmRow,
    account_rows,
    queue_rows,
    with_codes,
)
from seqauto_pipeline.jobs.backends.start_script import ids_of_started, start_script
from seqauto_pipeline.jobs.exit_file import ended_report

ARRAY_NAME: Final = "seqauto"  # of all arrays; which jobs are in one, its comment tells
_ARRAY_MARK = "seqauto:"
_DIGEST = 8  # characters of a job's key in that comment, of which SLURM takes 1024
MAX_ARRAY = 120
_IDS_IN_A_CALL = 500
_ID = re.compile(r"(\d+)(?:;.*)?")  # what sbatch --parsable prints: with clusters, also a name
_KNOWN_ID = re.compile(r"\d+(?:_\d+)?")
# What sbatch says where the same job may be taken later.
_NOT_NOW = re.compile(
    r"contact slurm controller|timed out|refused|communication|zero bytes|authenticat|credential"
    r"|temporarily|queue full|sleeping|standby|not respond|resolve|transport|submit ?limit"
    r"|inactive or drain|shutting down",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"\b(?:QOS|Assoc)\w*Limit\b")  # which limit a job would exceed
_UNKNOWN_ID = "Invalid job id"
_FOR_SLURM = ("SLURM", "SBATCH_", "MUNGE_")  # begin the names of what its programs read


@dataclass(frozen=True, slots=True)
class SlurmOptions:
    """What the settings say of a SLURM cluster."""

    partition: str | None = None
    account: str | None = None
    arguments: tuple[str, ...] = ()  # for sbatch, after our own
    array_size: int = 100  # 1: no arrays
    call_seconds: float = 60

    def largest_array(self) -> int:
        """Give the most jobs of one array; arrays need the comment for themselves."""
        taken = any(each.startswith("--comment") for each in self.arguments)
        return 1 if taken else min(self.array_size, MAX_ARRAY)


class SlurmBackend:
    """SLURM's own programs, found on the PATH; SLURM_CONF and its like come from the environment.

    ``directory`` is that of all jobs. SLURM itself never begins a job again, and cancels those
    whose dependency failed.
    """

    name: Final = "slurm"

    def __init__(self, directory: Path, options: SlurmOptions) -> None:
        self._directory = directory
        self._options = options
        self._call = Caller(self.name, options.call_seconds)
        self._submit_call = Caller(self.name, options.call_seconds, _environment_of_jobs)

    def submit(self, jobs: Sequence[JobScript]) -> Mapping[str, str]:
        """Hand over like jobs as one array, each of the others alone."""
        ids: dict[str, str] = {}
        for group in _groups(jobs, self._options.largest_array()):
            number = self._submit_together(group)
            if len(group) == 1:
                ids[group[0].key] = number
            else:
                ids |= {job.key: f"{number}_{task}" for task, job in enumerate(group)}
        return ids

    def _submit_together(self, group: Sequence[JobScript]) -> str:
        command = ["sbatch", *_arguments(group), *self._given(), *self._options.arguments]
        answer = self._submit_call(*command, given=start_script([job.directory for job in group]))
        if answer.code:
            raise self._refusal(answer, group[0].key)
        for line in reversed(answer.out.split()):
            if found := _ID.fullmatch(line):
                return found[1]
        raise self._call.unavailable(f"sbatch named no job, but said: {answer.words()}")

    def _given(self) -> Iterator[str]:
        if self._options.partition is not None:
            yield f"--partition={self._options.partition}"
        if self._options.account is not None:
            yield f"--account={self._options.account}"

    def _refusal(self, answer: Answer, key: str) -> SeqAutoError:
        if _may_pass(answer.err):
            return self._call.unavailable(answer.words())
        return JobRefusedError(self.name, key, answer.words())

    def find(self, keys: Collection[str]) -> Mapping[str, str]:
        """Look for jobs of this account by their names and the comments of arrays, then on disk."""
        if not keys:
            return {}
        by_digest = {_digest(key): key for key in keys}
        found = dict(ids_of_started(keys, self._directory))
        for number, name, comment in self._named([*keys, ARRAY_NAME]):
            key = _key_of(number, name, comment, by_digest)
            if key in keys:
                found[key] = number
        return found

    def _named(self, names: Sequence[str]) -> Iterator[Sequence[str]]:
        answer = self._call(
            "squeue", "--noheader", "--array", "--states=all", f"--user={os.geteuid()}",
            f"--name={','.join(names)}", "--format=%i|%j|%k",
        )  # fmt: skip
        if answer.code:
            raise self._call.unavailable(answer.words())
        cells = (line.strip().split("|", 2) for line in answer.out.splitlines())
        return (each for each in cells if len(each) == 3 and _KNOWN_ID.fullmatch(each[0]))

    def reports(self, jobs: Mapping[str, JobScript]) -> Mapping[str, JobReport]:
        """Ask the controller, then the accounting of what it forgot; then see what jobs left."""
        told = self._queue(jobs)
        told |= self._accounted({each: jobs[each] for each in jobs if each not in told})
        now = dt.datetime.now(dt.UTC)
        return {
            number: self._detailed(number, judged(job.directory, told.get(number), now))
            for number, job in jobs.items()
        }

    def _queue(self, jobs: Mapping[str, JobScript]) -> dict[str, JobReport]:
        told: dict[str, JobReport] = {}
        for some in _some(jobs):
            answer = self._call(
                "squeue", "--noheader", "--array", "--states=all", f"--jobs={','.join(some)}",
                f"--format={QUEUE_FIELDS}",
            )  # fmt: skip
            if answer.code and _UNKNOWN_ID not in answer.err:  # said where it knows none of them
                raise self._call.unavailable(answer.words())
            told |= _of_these(jobs, queue_rows(answer.out))
        return told

    def _accounted(self, jobs: Mapping[str, JobScript]) -> dict[str, JobReport]:
        """Ask the accounting, which not every cluster has: its silence tells nothing."""
        unclear = [each for each, job in jobs.items() if not _is_done(job)]
        told: dict[str, JobReport] = {}
        for some in _some(unclear):
            answer = self._call(
                "sacct", "--allocations", "--parsable2", "--noheader",
                f"--jobs={','.join(some)}", f"--format={ACCOUNT_FIELDS}",
            )  # fmt: skip
            told |= _of_these(jobs, account_rows(answer.out))
        return told

    def _detailed(self, number: str, report: JobReport) -> JobReport:
        """Add the exit code of a job that failed and left none; squeue does not tell it."""
        if report.state is not JobState.FAILED or report.exit_code is not None:
            return report
        answer = self._call("scontrol", "--oneliner", "show", "job", number)
        found = re.search(r"\sExitCode=(\d+:\d+)\s", answer.out)
        return with_codes(report, found[1]) if found else report

    def cancel(self, ids: Collection[str]) -> None:
        """Cancel jobs; those that ended before are left as they are."""
        for some in _some(ids):
            answer = self._call("scancel", "--quiet", *some)
            if answer.code and _NOT_NOW.search(answer.err):
                raise self._call.unavailable(answer.words())


def _arguments(group: Sequence[JobScript]) -> Iterator[str]:
    """Give what sbatch is told of like jobs."""
    job = group[0]
    yield "--parsable"
    yield f"--job-name={job.key if len(group) == 1 else ARRAY_NAME}"
    yield "--nodes=1"
    yield "--ntasks=1"
    yield f"--cpus-per-task={job.cores}"
    yield f"--mem={job.memory_mb}M"
    yield f"--time={job.seconds // 60}:{job.seconds % 60:02}"
    yield "--chdir=/"
    yield "--output=/dev/null"  # each job writes its own log
    yield "--no-requeue"
    yield "--kill-on-invalid-dep=yes"
    if job.after:
        yield f"--dependency=afterok:{':'.join(job.after)}"
    if len(group) > 1:
        yield f"--array=0-{len(group) - 1}"
        yield f"--comment={_ARRAY_MARK}{''.join(_digest(each.key) for each in group)}"


def _environment_of_jobs() -> Mapping[str, str]:
    """Give what sbatch may know: it hands its environment to the job."""
    return environment_of_jobs(_FOR_SLURM)


def _may_pass(complaint: str) -> bool:
    """Tell whether SLURM may take later what it does not take now.

    Its words for a limit on submitted jobs are those for a job that is too large; newer versions
    name the limit.
    """
    limits = _LIMIT.findall(complaint)
    if limits:
        return any("Submit" in each for each in limits)
    return _NOT_NOW.search(complaint) is not None


def _groups(jobs: Sequence[JobScript], size: int) -> Iterator[Sequence[JobScript]]:
    """Put jobs together that ask for the same, up to the size of an array."""
    alike: dict[object, list[JobScript]] = defaultdict(list)
    for job in jobs:
        alike[job.cores, job.memory_mb, job.seconds, job.after].append(job)
    for group in alike.values():
        for begin in range(0, len(group), size):
            yield group[begin : begin + size]


def _digest(key: str) -> str:
    whole = hashlib.sha256(key.encode()).digest()
    return base64.urlsafe_b64encode(whole).decode()[:_DIGEST]


def _key_of(number: str, name: str, comment: str, by_digest: Mapping[str, str]) -> str:
    """Give the key of a job that squeue lists; an empty text for one that is not asked for."""
    if name != ARRAY_NAME or not comment.startswith(_ARRAY_MARK):
        return name
    _, _, task = number.partition("_")
    begin = len(_ARRAY_MARK) + _DIGEST * int(task or 0)
    return by_digest.get(comment[begin : begin + _DIGEST], "")


def _of_these(jobs: Mapping[str, JobScript], rows: Iterable[SlurmRow]) -> dict[str, JobReport]:
    """Take what is said of these jobs; a cluster that was set up anew gives old ids again."""
    return {
        row.id: row.report
        for row in rows
        if row.id in jobs and row.name in (jobs[row.id].key, ARRAY_NAME)
    }


def _is_done(job: JobScript) -> bool:
    own = ended_report(job.directory)
    return own is not None and own.state is JobState.DONE


def _some(ids: Collection[str]) -> Iterator[Sequence[str]]:
    """Give ids for one call after the other; what SLURM never gave cannot be asked for."""
    known = [each for each in ids if _KNOWN_ID.fullmatch(each)]
    for begin in range(0, len(known), _IDS_IN_A_CALL):
        yield known[begin : begin + _IDS_IN_A_CALL]
