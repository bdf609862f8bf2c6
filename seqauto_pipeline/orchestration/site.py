"""The installation that a process works for: its home, and the settings as they are now."""

import os
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.core.file_list import escape_name
from seqauto_pipeline.errors import ScansDisabledError
from seqauto_pipeline.orchestration.dagster_home import home_directory
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.settings import HOME_VARIABLE, Settings, database_url_for, load_settings


@dataclass(frozen=True, slots=True)
class Site:
    """One installation of SeqAuto."""

    settings: Settings
    home: Path

    @property
    def database_url(self) -> str:
        return database_url_for(self.settings, self.home)

    def checked(self, request: ScanRequest) -> ScanRequest:
        """Give a request with its names as file lists have them. Other roots are refused."""
        return request.for_roots([escape_name(str(root.path)) for root in self.settings.scan_roots])


def read_site() -> Site:
    """Read the settings that hold now; a changed file needs no restart."""
    home = home_directory()
    return Site(load_settings({**os.environ, HOME_VARIABLE: str(home)}), home)


def open_site() -> Site:
    """Read the settings for a scan, which they must allow, and make its home."""
    site = read_site()
    if not site.settings.enabled:
        raise ScansDisabledError
    site.home.mkdir(parents=True, exist_ok=True)
    return site
