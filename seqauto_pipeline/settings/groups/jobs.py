"""Jobs that make missing files: recipes, where they run, and how many."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from seqauto_pipeline.core.recipes import Recipe, script_problems, template_problems
from seqauto_pipeline.settings.checks import absolute_path
from seqauto_pipeline.settings.groups.base import ListOf, SettingsGroup
from seqauto_pipeline.toml_input.wording import found

BackendName = Literal["local", "slurm", "pbs"]


class JobRecipe(BaseModel):
    """How the missing files of one type are made."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    file_type: str = Field(min_length=1)
    inputs: ListOf[str] = Field(min_length=1)
    command: ListOf[str] = ()
    script: str = ""
    prints_output: bool = False
    kits: ListOf[str] = ()
    cores: int = Field(default=1, ge=1)
    memory_mb: int = Field(default=1024, ge=16)
    seconds: int = Field(default=3600, ge=1)
    environment: Mapping[str, str] = Field(default_factory=dict)
    after_hours: float = Field(default=0.0, ge=0)
    retries: int = Field(default=0, ge=0, le=20)
    retry_seconds: int = Field(default=300, ge=1)
    backend: BackendName | None = None  # None: jobs_backend

    @field_validator("environment")
    @classmethod
    def _name_variables(cls, values: Mapping[str, str]) -> Mapping[str, str]:
        for name, value in values.items():
            if not (name.isascii() and name.isidentifier()) or "\0" in value:
                raise ValueError(f"found {found(name)}, expected the name of a variable")
        return values

    @model_validator(mode="after")
    def _have_one_command(self) -> Self:
        if bool(self.command) == bool(self.script):
            message = "found a command and a script, or neither, expected one of them"
            raise ValueError(message)
        if "\0" in self.script or any("\0" in each for each in self.command):
            message = "found a NUL character in the command, expected none"
            raise ValueError(message)
        problems = [*template_problems(self.command or (self.script,), self.inputs)]
        problems += script_problems(self.script) if not problems else ()
        if problems:
            raise ValueError(problems[0])
        return self

    def as_recipe(self, backend: str) -> Recipe:
        """Give it as the core takes it; ``backend``: where it runs when it does not say."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values["environment"] = tuple(self.environment.items())
        return Recipe(**{**values, "backend": self.backend or backend})


class JobSettings(SettingsGroup):
    """Jobs that make missing files. Without a recipe there are none."""

    job_recipes: ListOf[JobRecipe] = Field(
        default=(),
        description="How missing files are made, by type: inputs, command or script, resources. "
        "See docs/jobs.md. A file of such a type is expected. The first recipe that fits counts. "
        "Without one: no jobs.",
        examples=[
            [
                {
                    "file_type": "flagstat",
                    "inputs": ["bam"],
                    "command": ["samtools", "flagstat", "{bam}"],
                    "prints_output": True,
                }
            ]
        ],
    )
    jobs_may_write_below: ListOf[Path] = Field(
        default=(),
        description="Directories below which jobs may write. All else that is scanned stays as it "
        "is: a recipe whose file would stand elsewhere is refused.",
        examples=[["/data/clinical_hg38"]],
    )
    jobs_backend: BackendName = Field(
        default="local",
        description="Where jobs run whose recipe does not say: on this machine, by SLURM, or by "
        "PBS.",
    )
    jobs_per_scan: int = Field(
        default=100,
        ge=0,
        description="The most jobs that one scan launches. 0: none, as if paused.",
    )
    jobs_in_flight: int = Field(
        default=200,
        ge=1,
        description="The most jobs that are queued or running at a time, all back-ends together.",
    )
    jobs_in_flight_of: Mapping[str, int] = Field(
        default_factory=lambda: {"local": 20},
        description="The same for one back-end.",
    )
    jobs_settle_minutes: int = Field(
        default=10,
        ge=0,
        description="Minutes for which the files that a job needs must have been left alone. What "
        "jobs have made is whole at once.",
    )
    local_jobs: int = Field(
        default=2,
        ge=1,
        le=256,
        description="How many jobs run on this machine at a time; others wait.",
    )
    local_jobs_outlive_scans: bool = Field(
        default=True,
        description="Whether jobs on this machine go on when the scan that launched them has "
        "ended. When false the scan waits for them, and they end with it.",
    )

    @field_validator("jobs_may_write_below", mode="before")
    @classmethod
    def _name_directories(cls, value: object) -> object:
        return tuple(map(absolute_path, value)) if isinstance(value, list | tuple) else value

    @field_validator("jobs_in_flight_of")
    @classmethod
    def _limit_to_some(cls, limits: Mapping[str, int]) -> Mapping[str, int]:
        for name, most in limits.items():
            if name not in get_args(BackendName):
                raise ValueError(f"found {found(name)}, expected local, slurm or pbs")
            if most < 1:
                raise ValueError(f"found {most} for {name}, expected at least 1")
        return limits
