"""What the operator decides: the only reader of the environment and of seqauto.toml.

Read when a scan starts and never at import, so a changed file takes effect at the next scan.
"""

from seqauto_pipeline.settings.checks import RuleLevelName
from seqauto_pipeline.settings.complaints import settings_error
from seqauto_pipeline.settings.database_url import masked_url, sqlite_file
from seqauto_pipeline.settings.groups.archive import ArchivedFiles
from seqauto_pipeline.settings.groups.scanning import ScanRoot
from seqauto_pipeline.settings.layouts_in_use import layout_in_use
from seqauto_pipeline.settings.model import (
    DATABASE_NAME,
    Settings,
    archive_rules,
    backup_directory_for,
    database_url_for,
    figure_limits,
    job_recipes,
    run_limits,
)
from seqauto_pipeline.settings.sources import (
    CONFIG_NAME,
    CONFIG_VARIABLE,
    HOME_VARIABLE,
    check_settings_file,
    check_settings_text,
    config_file,
    environment_name,
    load_settings,
    load_with_sources,
    time_zone_for,
    zone_for,
)
from seqauto_pipeline.toml_input.complaints import Complaint

__all__ = [
    "CONFIG_NAME",
    "CONFIG_VARIABLE",
    "DATABASE_NAME",
    "HOME_VARIABLE",
    "ArchivedFiles",
    "Complaint",
    "RuleLevelName",
    "ScanRoot",
    "Settings",
    "archive_rules",
    "backup_directory_for",
    "check_settings_file",
    "check_settings_text",
    "config_file",
    "database_url_for",
    "environment_name",
    "figure_limits",
    "job_recipes",
    "layout_in_use",
    "load_settings",
    "load_with_sources",
    "masked_url",
    "run_limits",
    "settings_error",
    "sqlite_file",
    "time_zone_for",
    "zone_for",
]
