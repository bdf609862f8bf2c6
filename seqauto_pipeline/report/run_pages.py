"""The pages of some runs, written by this process or by one beside it."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.disk.parallel.second_process import second_process
from seqauto_pipeline.report.directory import ReportDirectory
from seqauto_pipeline.report.names import run_page_name
from seqauto_pipeline.report.rendering import Renderer, load_site
from seqauto_pipeline.report.run_page import RunPages
from seqauto_pipeline.report.summary import RunSummary
from seqauto_pipeline.report.summing import summary_of
from seqauto_pipeline.settings import Settings
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.opening import opened
from seqauto_pipeline.views.whole_runs import WholeRun, whole_runs

_RUNS_OF_A_REQUEST = 250
_RUNS_FOR_SECOND_PROCESS = 500  # fewer take less time than it needs to start


@dataclass(frozen=True, slots=True)
class ThereAlready:
    """A page that is there as it was written."""

    page: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class WrittenPages:
    summaries: dict[int, RunSummary]  # by run
    pages: int  # that were not there as they should be


@dataclass(frozen=True, slots=True)
class PagesRequest:
    """A request to write the pages of some runs: it can be sent to another process."""

    ids: tuple[int, ...]
    there: Mapping[int, ThereAlready]
    directory: Path
    home: Path
    settings: Settings
    now: dt.datetime

    def load(self, _roots: KnownRoots, /) -> WrittenPages:
        """Write the pages that do not say yet what they should."""
        with opened(self.home, self.settings, self.now) as models:
            writer = _PageWriter(models, ReportDirectory(self.directory), self.there)
            summaries = {
                whole.run.id: writer.write(whole) for whole in whole_runs(models, self.ids)
            }
            return WrittenPages(summaries, writer.pages)


class _PageWriter:
    def __init__(
        self, models: OpenModels, directory: ReportDirectory, there: Mapping[int, ThereAlready]
    ) -> None:
        self._models, self._directory, self._there = models, directory, there
        site = load_site(str(models.zone), models.settings.web_server_url)
        self._renderer = Renderer(site, models.local(models.now))
        self._reporter = RunPages(models)
        self.pages = 0

    def write(self, whole: WholeRun) -> RunSummary:
        """Write the page of a run, unless the one that is there says the same."""
        run = whole.run
        name = run_page_name(run.name, run.root, run.path)
        page = self._reporter.reported(whole)
        text = self._renderer.page("run.html", "run", "../", page=page, page_name=name)
        content = text.encode()
        fingerprint = self._renderer.fingerprint(content)
        if self._there.get(run.id) != ThereAlready(name, fingerprint):
            self._directory.write(name, content)
            self.pages += 1
        return summary_of(self._models, page, name, len(content), fingerprint)


def write_run_pages(
    models: OpenModels,
    directory: ReportDirectory,
    ids: Collection[int],
    there: Mapping[int, ThereAlready],
) -> WrittenPages:
    """Write the pages of runs, where there are many with both processor cores."""
    wanted = tuple(ids)
    summaries: dict[int, RunSummary] = {}
    pages = 0
    is_worth_it = len(wanted) >= _RUNS_FOR_SECOND_PROCESS
    with second_process(is_worth_it=is_worth_it, tell=_ignored) as submit:
        requests = _requests(models, directory, wanted, there)
        for answer in [submit(request) for request in requests]:
            written = answer()
            summaries |= written.summaries
            pages += written.pages
    return WrittenPages(summaries, pages)


def _ignored(sentence: str) -> None:
    """A second process that stopped only makes this slower."""


def _requests(
    models: OpenModels,
    directory: ReportDirectory,
    ids: tuple[int, ...],
    there: Mapping[int, ThereAlready],
) -> Iterator[PagesRequest]:
    for start in range(0, len(ids), _RUNS_OF_A_REQUEST):
        own = ids[start : start + _RUNS_OF_A_REQUEST]
        yield PagesRequest(
            ids=own,
            there={each: there[each] for each in own if each in there},
            directory=directory.path,
            home=models.home,
            settings=models.settings,
            now=models.now,
        )
