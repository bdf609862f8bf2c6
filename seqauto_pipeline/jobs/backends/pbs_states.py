"""What qstat -f prints: jobs as values, and the states of PBS in our words.

The text is read, not the JSON of newer versions: every version prints the text, and the JSON cannot
be read where a variable of a job holds certain values (openpbs/openpbs, issues 1255 and 2541).

Sources: the manual pages qstat(1B) and pbs_job_attributes(7B) of openpbs/openpbs and of
adaptivecomputing/torque; "Job Exit Status" in the TORQUE Administrator Guide; job.h of OpenPBS.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.jobs.backend import JobReport, JobState
from seqauto_pipeline.jobs.backends.start_script import NO_DIRECTORY, NO_DIRECTORY_WORDS

KEY_VARIABLE = "SEQAUTO_JOB"  # of each job: its key. Names are cut by some versions
STATES = (
    dict.fromkeys("HQTW", JobState.QUEUED)  # held, queued, transiting, waiting
    | dict.fromkeys("BEMRSU", JobState.RUNNING)  # begun, exiting, moved away, running, suspended
)  # and C (Torque), F and X (OpenPBS): ended
_USUAL = ("Q", "R")  # these letters say no more than our own words
_DELETED = "91"  # the substate of OpenPBS for a job that qdel ended
_SIGNALLED = 256  # PBS's exit status of a job that a signal killed: 256 and its number
_TERMINATED = _SIGNALLED + 15  # in Torque that of a running job which qdel ended
_OVER_LIMIT = {  # exit statuses that PBS gives itself
    "openpbs": {-26: "vmem", -27: "mem", -28: "cput", -29: "walltime"},
    "torque": {-10: "mem", -11: "walltime", -12: "cput"},
}
_BEGAN = ("stime", "start_time")  # in OpenPBS, in Torque
_ENDED = ("obittime", "comp_time", "mtime")  # in newer OpenPBS, in Torque, in others
_TIME = "%a %b %d %H:%M:%S %Y"


@dataclass(frozen=True, slots=True)
class PbsJob:
    """One job as qstat tells it."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)  # by their names in lower case

    def key(self) -> str:
        """Give the key that the job was submitted with; an empty text for a job of others."""
        found = re.search(
            rf"(?:^|,){KEY_VARIABLE}=([a-z0-9-]+)(?:,|$)", self.attributes.get("variable_list", "")
        )
        return found[1] if found else ""

    def report(self, kind: str) -> JobReport:
        """Translate; ``kind`` is "openpbs" or "torque"."""
        letter = self.attributes.get("job_state", "")
        state = STATES.get(letter)
        if state is None and letter in ("C", "F", "X"):
            return self._ended(kind)
        comment = self.attributes.get("comment", "") if letter != "R" else ""
        return JobReport(
            state or JobState.RUNNING,
            host=self._host(),
            began=None if state is JobState.QUEUED else self._moment(_BEGAN),
            reason=shown(comment or ("" if letter in _USUAL else f"state {letter}")),
        )

    def _ended(self, kind: str) -> JobReport:
        status = self._exit_status()
        state, code, reason = _end(kind, status, self.attributes)
        return JobReport(
            state, code, self._host(), self._moment(_BEGAN), self._moment(_ENDED), shown(reason)
        )

    def _exit_status(self) -> int | None:
        written = self.attributes.get("exit_status", "")
        return int(written) if re.fullmatch(r"-?\d{1,9}", written) else None

    def _host(self) -> str:
        """Give the first machine of ``node1/0*2+node2/0``."""
        return shown(re.split(r"[/+]", self.attributes.get("exec_host", ""))[0])

    def _moment(self, names: tuple[str, ...]) -> dt.datetime | None:
        """Read the first of some times; qstat writes them in its own zone, which is UTC here."""
        for name in names:
            written = self.attributes.get(name)
            if written is None:
                continue
            try:
                return dt.datetime.strptime(written, _TIME).replace(tzinfo=dt.UTC)
            except ValueError:
                return None
        return None


def _end(
    kind: str, status: int | None, attributes: Mapping[str, str]
) -> tuple[JobState, int | None, str]:
    comment = attributes.get("comment", "")
    if status is None:  # it never ran: deleted, or what it waited for failed
        return JobState.CANCELLED, None, comment or "deleted before it began"
    if attributes.get("substate") == _DELETED or (kind == "torque" and status == _TERMINATED):
        return JobState.CANCELLED, None, "deleted"
    if status == 0:
        return JobState.DONE, 0, ""
    if status < 0:
        limit = _OVER_LIMIT[kind].get(status)
        said = f"over its limit of {limit}" if limit else f"exit status {status} of PBS"
        return JobState.FAILED, None, f"{said}: {comment}" if comment else said
    if status > _SIGNALLED:
        number = status - _SIGNALLED
        return JobState.FAILED, 128 + number, f"killed by signal {number}"
    return JobState.FAILED, status, NO_DIRECTORY_WORDS if status == NO_DIRECTORY else ""


def read_jobs(out: str) -> Iterator[PbsJob]:
    """Read what qstat -f printed: jobs apart by empty lines, long lines gone on after a tab."""
    for part in re.split(r"(?m)^Job Id:\s*", out.replace("\n\t", ""))[1:]:
        number, *lines = part.splitlines()
        pairs = (line.strip().partition(" = ") for line in lines)
        yield PbsJob(number.strip(), {name.lower(): value for name, _, value in pairs if value})
