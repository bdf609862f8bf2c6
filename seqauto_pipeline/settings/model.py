"""All settings together, and what follows from several of them."""

from pathlib import Path

from seqauto_pipeline.core.archived import ArchiveRule
from seqauto_pipeline.core.qc.limits import FigureLimit
from seqauto_pipeline.core.qc.measured_run import RunLimits
from seqauto_pipeline.core.recipes import Recipe
from seqauto_pipeline.settings.groups.alerts import AlertSettings
from seqauto_pipeline.settings.groups.archive import ArchiveSettings
from seqauto_pipeline.settings.groups.backups import BackupSettings
from seqauto_pipeline.settings.groups.clusters import ClusterSettings
from seqauto_pipeline.settings.groups.delivery import DeliverySettings
from seqauto_pipeline.settings.groups.illumina_qc import IlluminaQcSettings
from seqauto_pipeline.settings.groups.jobs import JobSettings
from seqauto_pipeline.settings.groups.logs import LogSettings
from seqauto_pipeline.settings.groups.reading import ReadingSettings
from seqauto_pipeline.settings.groups.report import ReportSettings
from seqauto_pipeline.settings.groups.scanning import ScanningSettings
from seqauto_pipeline.settings.groups.shards import ShardSettings
from seqauto_pipeline.settings.groups.sheets import SheetSettings
from seqauto_pipeline.settings.groups.watching import WatchingSettings

DATABASE_NAME = "seqauto.db"


# Fields come in the order of the documentation: pydantic begins with those of the last base.
class Settings(
    LogSettings,
    BackupSettings,
    DeliverySettings,
    ClusterSettings,
    JobSettings,
    AlertSettings,
    ReportSettings,
    WatchingSettings,
    IlluminaQcSettings,
    ShardSettings,
    ReadingSettings,
    ArchiveSettings,
    SheetSettings,
    ScanningSettings,
):
    """Every setting, with its default."""


def database_url_for(settings: Settings, home: Path) -> str:
    """Give the effective database URL, password included: for connecting, never for showing."""
    if settings.database_url is None:
        return f"sqlite:///{home / DATABASE_NAME}"
    url = settings.database_url.get_secret_value()
    seconds = settings.statement_timeout_seconds
    if url.startswith("sqlite") or not seconds or "options=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}options=-c%20statement_timeout%3D{seconds}s"


def backup_directory_for(settings: Settings, home: Path) -> Path:
    return settings.backup_directory or home / "backups"


def run_limits(settings: Settings) -> tuple[RunLimits, ...]:
    """Give what the laboratory expects of its runs' figures, as the core takes it."""
    return tuple(
        RunLimits(each.kit, each.instrument, **each.ranges())
        for each in settings.illumina_qc_limits
    )


def figure_limits(settings: Settings) -> tuple[FigureLimit, ...]:
    """Give what the laboratory expects of QC figures, as the core takes it."""
    return tuple(
        FigureLimit(each.figure, (each.min, each.max), each.kit) for each in settings.qc_limits
    )


def archive_rules(settings: Settings) -> tuple[ArchiveRule, ...]:
    """Give what the laboratory archives, as the core takes it."""
    return tuple(
        ArchiveRule(each.file_type, each.older_than_days, each.kit) for each in settings.archived
    )


def job_recipes(settings: Settings) -> tuple[Recipe, ...]:
    """Give the recipes of jobs, as the core takes them."""
    return tuple(each.as_recipe(settings.jobs_backend) for each in settings.job_recipes)
