"""Jobs on a PBS cluster, OpenPBS (PBS Pro) or Torque: qsub, qstat, qselect and qdel.

Sources: the manual pages of these programs in openpbs/openpbs and adaptivecomputing/torque. Grid
Engine has programs of the same names that answer otherwise; it is told apart and refused.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seqauto_pipeline.errors import JobRefusedError
from seqauto_pipeline.jobs.backend import JobReport, JobScript
from seqauto_pipeline.jobs.backends.calls import Answer, Caller
from seqauto_pipeline.jobs.backends.judged import judged
from seqauto_pipeline.jobs.backends.pbs_states import KEY_VARIABLE, PbsJob, read_jobs
from seqauto_pipeline.jobs.backends.start_script import ids_of_started, start_script

_IDS_IN_A_CALL = 500
_NAME = 15  # characters: older versions take no longer names
_ID = re.compile(r"\d[\w.\[\]-]*")
# What qsub says where the same job may be taken later.
_NOT_NOW = re.compile(
    r"cannot connect|refused|timed out|communication failure|end of file|no server|not respond"
    r"|pbs_iff|credential|munge|trqauthd|no free connections|try again|shutting down|temporarily"
    r"|maximum number of jobs|would exceed|premature end",
    re.IGNORECASE,
)
# What is said of a job that is not there, or no longer.
_GONE = re.compile(
    r"unknown job id|has finished|history|request invalid for state|invalid state"
    r"|exit(?:ing)? state|delete already in progress",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PbsOptions:
    """What the settings say of a PBS cluster."""

    queue: str | None = None
    account: str | None = None
    arguments: tuple[str, ...] = ()  # for qsub, after our own
    call_seconds: float = 60


class PbsBackend:
    """PBS's own programs, found on the PATH; PBS_SERVER and its like come from the environment.

    ``directory`` is that of all jobs.
    """

    name: Final = "pbs"

    def __init__(self, directory: Path, options: PbsOptions) -> None:
        self._directory = directory
        self._options = options
        self._call = Caller(self.name, options.call_seconds)
        self._known_kind = ""

    def submit(self, jobs: Sequence[JobScript]) -> Mapping[str, str]:
        kind = self._kind() if jobs else ""
        return {job.key: self._submit(job, kind) for job in jobs}

    def _kind(self) -> str:
        """Tell OpenPBS from Torque, once: their options differ."""
        self._known_kind = self._known_kind or self._asked_kind()
        return self._known_kind

    def _asked_kind(self) -> str:
        answer = self._call("qstat", "--version")
        said = answer.out + answer.err
        if "pbs_version" in said:
            return "openpbs"
        if re.search(r"(?m)^\s*version:", said, re.IGNORECASE):
            return "torque"
        reason = f"qstat is neither that of OpenPBS nor of Torque, but says: {answer.words()}"
        raise self._call.unavailable(reason)

    def _submit(self, job: JobScript, kind: str) -> str:
        command = ["qsub", *_arguments(job, kind), *self._given(), *self._options.arguments]
        answer = self._call(*command, given=start_script([job.directory]))
        if answer.code and _NOT_NOW.search(answer.err):
            raise self._call.unavailable(answer.words())
        if answer.code:
            raise JobRefusedError(self.name, job.key, answer.words())
        for line in reversed(answer.out.split()):
            if _ID.fullmatch(line):
                return line
        raise self._call.unavailable(f"qsub named no job, but said: {answer.words()}")

    def _given(self) -> Iterator[str]:
        if self._options.queue is not None:
            yield from ("-q", self._options.queue)
        if self._options.account is not None:
            yield from ("-A", self._options.account)

    def find(self, keys: Collection[str]) -> Mapping[str, str]:
        """Look for jobs by their names and the key among their variables, then on disk."""
        if not keys:
            return {}
        kind = self._kind()
        past = ["-x"] if kind == "openpbs" else []  # finished ones, too
        ids: set[str] = set()
        for name in sorted({_name(key) for key in keys}):
            answer = self._call("qselect", *past, "-N", name)
            if answer.code:
                raise self._call.unavailable(answer.words())
            ids.update(answer.out.split())
        jobs = self._jobs(sorted(ids), kind)
        known = {job.key(): number for number, job in jobs.items() if job.key() in keys}
        return {**ids_of_started(keys, self._directory), **known}

    def reports(self, jobs: Mapping[str, JobScript]) -> Mapping[str, JobReport]:
        """Ask the server, then see what jobs left."""
        if not jobs:
            return {}
        kind = self._kind()
        told = {
            number: job.report(kind)
            for number, job in self._jobs(jobs, kind).items()
            if job.key() == jobs[number].key  # a server that was set up anew gives old ids again
        }
        now = dt.datetime.now(dt.UTC)
        return {
            number: judged(job.directory, told.get(number), now) for number, job in jobs.items()
        }

    def _jobs(self, ids: Collection[str], kind: str) -> dict[str, PbsJob]:
        """Ask for jobs by their ids; the server may know some and not others."""
        by_number = {_number(each): each for each in ids}
        found = {}
        for some in _some(ids):
            answer = self._full(some, kind)
            if answer.code and not _says_only_that_jobs_are_gone(answer):
                raise self._call.unavailable(answer.words())
            for job in read_jobs(answer.out):
                if _number(job.id) in by_number:
                    found[by_number[_number(job.id)]] = job
        return found

    def _full(self, ids: Sequence[str], kind: str) -> Answer:
        if kind == "torque":  # its -x asks for XML
            return self._call("qstat", "-f", *ids)
        answer = self._call("qstat", "-x", "-f", *ids)
        if answer.code and "job_history_enable" in answer.err:
            return self._call("qstat", "-f", *ids)
        return answer

    def cancel(self, ids: Collection[str]) -> None:
        """Delete jobs; those that ended before are left as they are."""
        for some in _some(ids):
            answer = self._call("qdel", *some)
            if answer.code and not _says_only_that_jobs_are_gone(answer):
                raise self._call.unavailable(answer.words())


def _arguments(job: JobScript, kind: str) -> Iterator[str]:
    yield from ("-N", _name(job.key), "-S", "/bin/sh")
    yield from ("-j", "oe", "-o", "/dev/null")  # each job writes its own log
    yield from ("-r", "n")  # PBS never begins it again by itself
    yield from ("-m", "n")
    yield from ("-v", f"{KEY_VARIABLE}={job.key}")
    if kind == "openpbs":
        yield from ("-l", f"select=1:ncpus={job.cores}:mem={job.memory_mb}mb")
    else:
        yield from ("-l", f"nodes=1:ppn={job.cores}", "-l", f"mem={job.memory_mb}mb")
    yield from ("-l", f"walltime={job.seconds}")
    if job.after:
        yield from ("-W", f"depend=afterok:{':'.join(job.after)}")


def _name(key: str) -> str:
    """Name a job in PBS: a letter first, and short; its key stands among its variables."""
    return (key if key[0].isalpha() else f"s{key}")[:_NAME]


def _number(number: str) -> str:
    """Give an id without its server, whose name qsub and qstat may write differently."""
    return number.partition(".")[0]


def _some(ids: Collection[str]) -> Iterator[Sequence[str]]:
    """Give ids for one call after the other; what PBS never gave cannot be asked for."""
    known = [each for each in ids if _ID.fullmatch(each)]
    for begin in range(0, len(known), _IDS_IN_A_CALL):
        yield known[begin : begin + _IDS_IN_A_CALL]


def _says_only_that_jobs_are_gone(answer: Answer) -> bool:
    lines = [line for line in answer.err.splitlines() if line.strip()]
    return bool(lines) and all(_GONE.search(line) for line in lines)
