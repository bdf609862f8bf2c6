"""A run's figures from its InterOp folder: whether, within what limits, and what is expected."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from seqauto_pipeline.settings.groups.base import ListOf, SettingsGroup

_FIGURES = (
    "percent_q30",
    "yield_gb",
    "error_rate",
    "percent_phix",
    "percent_pf",
    "density",
    "percent_identified",
    "sample_share",
)


class FigureLimits(BaseModel):
    """What the figures of some runs should be: the least and the most of each."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kit: str | None = Field(default=None, min_length=1)  # None: every kit
    instrument: str | None = Field(default=None, min_length=1)  # model; None: every one
    percent_q30_min: float | None = None
    percent_q30_max: float | None = None
    yield_gb_min: float | None = None
    yield_gb_max: float | None = None
    error_rate_min: float | None = None
    error_rate_max: float | None = None
    percent_phix_min: float | None = None
    percent_phix_max: float | None = None
    percent_pf_min: float | None = None
    percent_pf_max: float | None = None
    density_min: float | None = None  # thousands of clusters per mm2, as the next
    density_max: float | None = None
    percent_identified_min: float | None = None
    percent_identified_max: float | None = None
    sample_share_min: float | None = None  # percent of the average of its lane, as the next
    sample_share_max: float | None = None

    @model_validator(mode="after")
    def _limit_something(self) -> Self:
        ranges = [self.range_of(name) for name in _FIGURES]
        for name, (least, most) in zip(_FIGURES, ranges, strict=True):
            if least is not None and most is not None and least > most:
                message = f"{name}_min is {least:g}, above {name}_max, which is {most:g}"
                raise ValueError(message)
        if all(limit == (None, None) for limit in ranges):
            message = "found no limit, expected one such as percent_q30_min = 80"
            raise ValueError(message)
        return self

    def range_of(self, figure: str) -> tuple[float | None, float | None]:
        return getattr(self, f"{figure}_min"), getattr(self, f"{figure}_max")

    def ranges(self) -> dict[str, tuple[float | None, float | None]]:
        return {name: self.range_of(name) for name in _FIGURES}


class QcLimit(BaseModel):
    """What one QC figure should be."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    figure: str = Field(min_length=1)
    kit: str | None = Field(default=None, min_length=1)  # None: every kit
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _limit_something(self) -> Self:
        if self.min is None and self.max is None:
            message = "found neither min nor max, expected one of them such as min = 80"
            raise ValueError(message)
        if self.min is not None and self.max is not None and self.min > self.max:
            message = f"min is {self.min:g}, above max, which is {self.max:g}"
            raise ValueError(message)
        return self


class IlluminaQcSettings(SettingsGroup):
    """What QC figures should be, and those that are computed from InterOp."""

    qc_limits: ListOf[QcLimit] = Field(
        default=(),
        description="What QC figures should be, for a kit or for every run: figure, and min, max "
        "or both. Figures are those of exec summaries by the names in the file, of FastQC "
        "(sequences, % GC), of flagstat (% mapped, % properly paired, % duplicates), and of the "
        "run (cluster density, % clusters PF, clusters PF, % PhiX, % Q30 read 1). A figure "
        "outside opens a message. docs/qc_content.md has an example.",
        examples=[[{"kit": "idt_exome", "figure": "MeanDepth_Kit", "min": 80.0}]],
    )

    illumina_qc_from_interop: bool = Field(
        default=False,
        description="Whether scans compute each complete run's figures (density, clusters, yield, "
        "% >= Q30, error rate, reads per index) from its InterOp folder, as illumina_qc.",
    )
    illumina_qc_limits: ListOf[FigureLimits] = Field(
        default=(),
        description="What these figures should be, for a kit, an instrument's model, or every "
        "run: the least (_min) and the most (_max) of percent_q30, yield_gb, error_rate, "
        "percent_phix, percent_pf, density (thousands per mm2), percent_identified and "
        "sample_share (a sample's reads in percent of its lane's average). A figure outside "
        "opens a message.",
        examples=[[{"instrument": "NovaSeq 6000", "percent_q30_min": 75.0}]],
    )
    interop_seconds: float = Field(
        default=120.0,
        ge=1,
        description="Seconds after which the computing of one run's figures is given up.",
    )
    interop_memory_mb: int = Field(
        default=4096,
        ge=512,
        description="Megabytes of memory that the computing of one run's figures may take.",
    )
