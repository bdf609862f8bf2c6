"""A report of a small laboratory: scanned for real, written to a directory of its own."""

import datetime as dt
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from seqauto_pipeline.report.update import Written, update_report
from seqauto_pipeline.views.opening import opened
from seqauto_pipeline_tests.scan.lab import Lab

NOW = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


@dataclass
class Report:
    """A report of a laboratory, and what can be read in it."""

    lab: Lab
    path: Path
    now: dt.datetime = NOW

    def update(self, *, anew: bool = False) -> Written:
        with opened(self.lab.home, self.lab.settings, self.now) as models:
            return update_report(models, self.path, anew=anew)

    def text(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def page_of(self, name: str) -> str:
        (page,) = self.path.glob(f"runs/{name}-*.html")
        return page.read_text(encoding="utf-8")

    def data(self, name: str) -> dict:
        (file,) = self.path.glob(f"data/{name}-*.js")
        assigned = re.sub(r"^.*?=(?=[{\[])", "", file.read_text(encoding="utf-8"))
        return json.loads(assigned.rstrip(";\n"))

    def rows(self) -> dict[str, list]:
        """The rows of the list of runs, by the name of the run."""
        return {row[0]: row for row in self.data("runs")["rows"]}

    def files(self) -> dict[str, bytes]:
        found = (each for each in self.path.rglob("*") if each.is_file())
        return {str(each.relative_to(self.path)): each.read_bytes() for each in found}


@pytest.fixture
def lab(tmp_path: Path, on_each_database: str) -> Lab:
    lab = Lab(tmp_path)
    lab.environ["SEQAUTO_TIME_ZONE"] = "Australia/Adelaide"
    return lab


@pytest.fixture
def report(lab: Lab, tmp_path: Path) -> Report:
    return Report(lab, tmp_path / "report")
