"""Clusters that run jobs: what their schedulers are told beside what each job needs."""

from pathlib import Path

from pydantic import Field, field_validator

from seqauto_pipeline.settings.checks import absolute_path
from seqauto_pipeline.settings.groups.base import ListOf, SettingsGroup
from seqauto_pipeline.toml_input.wording import found

# What sbatch and qsub are told by us, or what would keep them from queueing the job and ending.
_OUR_SLURM = (
    "--array", "--chdir", "--dependency", "--error", "--job-name", "--output", "--parsable",
    "--requeue", "--test-only", "--wait", "--wrap",
)  # fmt: skip
_OUR_PBS = ("-C", "-I", "-J", "-N", "-S", "-X", "-e", "-h", "-j", "-o", "-r", "-t", "-v", "-z")


class ClusterSettings(SettingsGroup):
    """Clusters that run jobs: SLURM and PBS."""

    jobs_directory: Path | None = Field(
        default=None,
        description="The directory of the scripts and logs of jobs. The machines of a cluster must "
        "see it at the same path. Without one: jobs in the home.",
        examples=["/srv/shared/seqauto-jobs"],
    )
    slurm_partition: str | None = Field(
        default=None,
        min_length=1,
        description="The SLURM partition that jobs go to. Without one: the cluster's default.",
        examples=["short"],
    )
    slurm_account: str | None = Field(
        default=None,
        min_length=1,
        description="The SLURM account that jobs are charged to. Without one: the user's default.",
        examples=["diagnostics"],
    )
    slurm_arguments: ListOf[str] = Field(
        default=(),
        description="Further options for sbatch, each as --NAME=VALUE or --NAME.",
        examples=[["--qos=low", "--nice=100"]],
    )
    slurm_array_jobs: int = Field(
        default=100,
        ge=1,
        le=120,
        description="The most jobs that ask for the same which are queued as one SLURM array. 1: "
        "each is queued alone.",
    )
    pbs_queue: str | None = Field(
        default=None,
        min_length=1,
        description="The PBS queue that jobs go to. Without one: the server's default.",
        examples=["workq"],
    )
    pbs_account: str | None = Field(
        default=None,
        min_length=1,
        description="The account that PBS jobs are charged to. Without one: none is named.",
        examples=["diagnostics"],
    )
    pbs_arguments: ListOf[str] = Field(
        default=(),
        description="Further options for qsub, each option and each value an item of its own.",
        examples=[["-P", "genomics"]],
    )
    cluster_call_seconds: float = Field(
        default=60.0,
        ge=1,
        le=600,
        description="Seconds after which a program of SLURM or PBS that does not answer is given "
        "up for now.",
    )

    @field_validator("jobs_directory", mode="before")
    @classmethod
    def _name_a_directory(cls, value: object) -> object:
        return absolute_path(value)

    @field_validator("slurm_arguments")
    @classmethod
    def _be_options_of_sbatch(cls, arguments: tuple[str, ...]) -> tuple[str, ...]:
        for each in arguments:
            if not each.startswith("--") or "\0" in each:
                raise ValueError(f"found {found(each)}, expected --NAME=VALUE or --NAME")
        _refuse(_OUR_SLURM, arguments)
        return arguments

    @field_validator("pbs_arguments")
    @classmethod
    def _be_options_of_qsub(cls, arguments: tuple[str, ...]) -> tuple[str, ...]:
        for each in arguments:
            if not each or "\0" in each:
                raise ValueError(f"found {found(each)}, expected an option of qsub, or its value")
        if arguments and not arguments[0].startswith("-"):
            raise ValueError(f"found {found(arguments[0])} first, expected an option of qsub")
        _refuse(_OUR_PBS, arguments)
        return arguments


def _refuse(ours: tuple[str, ...], arguments: tuple[str, ...]) -> None:
    for each in arguments:
        if each.partition("=")[0] in ours:
            raise ValueError(f"found {found(each)}, expected none of what every job is given")
