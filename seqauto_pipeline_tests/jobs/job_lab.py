"""A laboratory whose scans launch jobs, and stand-ins for the programs that these run."""

import time
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from seqauto_pipeline.db.jobs.queries import JobTrouble, jobs_in_trouble
from seqauto_pipeline.db.jobs.store import StoredJobs, jobs_query, stored_job
from seqauto_pipeline.db.jobs.values import StoredJob
from seqauto_pipeline.db.models import JobEvent
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.jobs.asking import ask_for_jobs
from seqauto_pipeline.jobs.configured import JobRules, job_rules
from seqauto_pipeline.jobs.summary import JobsSummary
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import scan_files, scripts_and_jobs
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline.settings.groups.jobs import JobRecipe
from seqauto_pipeline_tests.scan.lab import Lab, Outcome

QC = Path(__file__).parent.parent / "data" / "qc"


@dataclass(frozen=True, slots=True)
class Launched:
    """A scan with its last stage."""

    scan: Outcome
    jobs: JobsSummary


class JobLab(Lab):
    """A laboratory with recipes; ``more`` settings choose and set up a back-end."""

    def __init__(self, folder: Path, more: Mapping[str, object] | None = None) -> None:
        super().__init__(folder)
        self.folder = folder
        self.overrides |= {
            "jobs_may_write_below": (self.root,),
            "jobs_settle_minutes": 0,
            **(more or {}),
        }
        (folder / "turns").mkdir()

    @property
    def rules(self) -> JobRules:
        return job_rules(self.settings, self.home)

    def cook(self, *recipes: JobRecipe) -> None:
        """Have these recipes from now on."""
        self.overrides["job_recipes"] = recipes

    def scan_and_launch(self, request: ScanRequest | None = None) -> Launched:
        """Take all steps of a scan."""
        request = request or ScanRequest()
        scan_id = str(uuid.uuid4())
        files = scan_files(self.settings, self.home, scan_id, request)
        outcome = self.apply(scan_id, scan_id, files, request)
        assert outcome.error is None
        jobs = scripts_and_jobs(self.settings, self.home, scan_id, request)
        return Launched(outcome, jobs)

    def ask(self) -> None:
        """Ask the back-ends, as the sensor does."""
        engine = open_database(database_url_for(self.settings, self.home))
        try:
            ask_for_jobs(self.rules, engine)
        finally:
            engine.dispose()

    def wait(self, seconds: float = 60.0) -> None:
        """Ask until no job is in flight."""
        end = time.monotonic() + seconds
        while self.in_flight():
            assert time.monotonic() < end, self.jobs()
            time.sleep(0.1)
            self.ask()

    def wait_for(self, state: str, seconds: float = 30.0) -> StoredJob:
        """Ask until a job is in a state; give the first."""
        end = time.monotonic() + seconds
        while True:
            self.ask()
            found = [job for job in self.jobs() if job.state == state]
            if found:
                return found[0]
            assert time.monotonic() < end, self.jobs()
            time.sleep(0.1)

    def jobs(self) -> tuple[StoredJob, ...]:
        with self.connected() as connection:
            return tuple(map(stored_job, connection.execute(jobs_query())))

    def in_flight(self) -> tuple[StoredJob, ...]:
        engine = open_database(database_url_for(self.settings, self.home))
        try:
            return StoredJobs(engine).in_flight()
        finally:
            engine.dispose()

    def job_states(self) -> Counter[str]:
        return Counter(job.state for job in self.jobs())

    def trouble(self) -> tuple[JobTrouble, ...]:
        with self.connected() as connection:
            return jobs_in_trouble(connection)

    def history(self, job: StoredJob) -> tuple[str, ...]:
        query = select(JobEvent.state).where(JobEvent.job_id == job.id).order_by(JobEvent.id)
        with self.connected() as connection:
            return tuple(connection.scalars(query))

    def turns(self) -> tuple[int, int]:
        """Say how often a stand-in was run, and how many ran at a time at most."""
        marks = []
        for path in (self.folder / "turns").iterdir():
            lines = path.read_text().split()
            marks += [(int(lines[0]), 1), *((int(line), -1) for line in lines[1:2])]
        at_a_time = most = 0
        for _, step in sorted(marks):
            at_a_time += step
            most = max(most, at_a_time)
        return sum(step == 1 for _, step in marks), most

    def stand_in(self, content: str, more: str = "sleep 0.3") -> str:
        """Write a script that makes a file of a kind as a program would, and notes its turn."""
        turn = self.folder / "turns"
        return (
            f"turn=$(mktemp '{turn}/XXXXXXXX')\ndate +%s%N >>\"$turn\"\n"
            f"{more}\ncp '{QC / content}' {{output}}\ndate +%s%N >>\"$turn\"\n"
        )


def fastqc(lab: JobLab, **more: object) -> JobRecipe:
    return recipe("fastqc", ("fastq",), lab.stand_in("fastqc_data.txt"), **more)


def flagstat(lab: JobLab, **more: object) -> JobRecipe:
    return recipe("flagstat", ("bam",), lab.stand_in("flagstat_1.17.txt"), **more)


def recipe(file_type: str, inputs: tuple[str, ...], script: str, **more: object) -> JobRecipe:
    values = {"file_type": file_type, "inputs": inputs, "script": script, "memory_mb": 256}
    return JobRecipe.model_validate({**values, **more})
