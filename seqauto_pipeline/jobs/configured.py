"""What the settings say of jobs, as the values that the rest of this room takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seqauto_pipeline.core.recipes import Recipe
from seqauto_pipeline.settings import Settings, job_recipes

if TYPE_CHECKING:
    from seqauto_pipeline.jobs.backend import Backend
    from seqauto_pipeline.jobs.backends.chosen import Maker

JOBS = "jobs"  # the directory in the home that holds the directories of jobs
DRY_RUN = "dry-run"  # and in that, one for scripts that are only to be looked at


@dataclass(frozen=True, slots=True)
class JobRules:
    """What is launched, where, and within what limits."""

    recipes: tuple[Recipe, ...]
    directory: Path  # of all jobs
    roots: tuple[Path, ...]  # that are scanned
    may_write_below: tuple[Path, ...]
    per_scan: int
    in_flight: int
    in_flight_of: Mapping[str, int]
    settle_minutes: int
    keep_days: int  # the directories of jobs
    local_outlive_scans: bool
    settings: Settings  # from which each back-end takes its own

    @property
    def types(self) -> frozenset[str]:
        return frozenset(each.file_type for each in self.recipes)

    @property
    def is_used(self) -> bool:
        """Whether there is anything to do: a recipe, or jobs of recipes that there were."""
        return bool(self.recipes) or self.may_have_jobs

    @property
    def may_have_jobs(self) -> bool:
        """Whether there may have been jobs: none is launched before their directory is made.

        Who reads a database on a server may have no right to look at the directory.
        """
        try:
            return self.directory.exists()
        except PermissionError:
            return True

    @property
    def makers(self) -> "Mapping[str, Maker]":
        """What makes each back-end, by its name: imported where there is one to be made."""
        from seqauto_pipeline.jobs.backends.chosen import BACKENDS  # noqa: PLC0415

        return BACKENDS

    def backend(self, name: str) -> "Backend":
        return self.makers[name](self.settings, self.directory)


def job_rules(settings: Settings, home: Path) -> JobRules:
    directory = settings.jobs_directory or home / JOBS
    return JobRules(
        recipes=job_recipes(settings),
        directory=directory,
        roots=tuple(root.path for root in settings.scan_roots),
        may_write_below=settings.jobs_may_write_below,
        per_scan=settings.jobs_per_scan,
        in_flight=settings.jobs_in_flight,
        in_flight_of=dict(settings.jobs_in_flight_of),
        settle_minutes=settings.jobs_settle_minutes,
        keep_days=settings.keep_days,
        local_outlive_scans=settings.local_jobs_outlive_scans,
        settings=settings,
    )
