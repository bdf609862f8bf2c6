"""The report, written or brought up to date: from what changed to pages, and then the lists.

Whoever reads meanwhile, or after this was killed, finds whole pages and lists that lead to pages:
what lists lead to is written before them, and removed after them. The manifest comes last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.queries.runs import run_ids
from seqauto_pipeline.garbage import collecting_rarely
from seqauto_pipeline.report.changes import made_by, runs_to_write
from seqauto_pipeline.report.directory import ReportDirectory
from seqauto_pipeline.report.list_files import ListFiles
from seqauto_pipeline.report.manifest import read_manifest, write_manifest
from seqauto_pipeline.report.names import ASSETS, DATA, QC, RUNS
from seqauto_pipeline.report.rendering import Renderer, load_site
from seqauto_pipeline.report.run_pages import ThereAlready, WrittenPages, write_run_pages
from seqauto_pipeline.report.summary import Manifest, RunSummary
from seqauto_pipeline.views.following import reach_of
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import iso_date


@dataclass(frozen=True, slots=True)
class Written:
    """What an update did."""

    runs: int  # in the report
    pages: int  # of runs that were written
    removed: int  # pages that the report no longer has

    @property
    def words(self) -> str:
        gone = f", {counted(self.removed, 'file')} removed" if self.removed else ""
        return f"{counted(self.runs, 'run')}, {counted(self.pages, 'page')} of runs written{gone}"


@collecting_rarely()
def update_report(models: OpenModels, path: Path, *, anew: bool = False) -> Written:
    """Write a report of all runs that nobody hides, or what changed of it, to a directory.

    ``anew``: every page, changed or not.
    """
    roots = [root.path for root in models.settings.scan_roots]
    with ReportDirectory.opened(path, roots) as directory:
        return _Update(models, directory, anew=anew).run()


class _Update:
    """One update, while nobody else writes to the directory."""

    def __init__(self, models: OpenModels, directory: ReportDirectory, *, anew: bool) -> None:
        self._models, self._directory = models, directory
        self._site = load_site(str(models.zone), models.settings.web_server_url)
        self._renderer = Renderer(self._site, models.local(models.now))
        self._sizes = {} if anew else directory.sizes(RUNS)  # of the pages that may stay

    def run(self) -> Written:
        scan = reach_of(self._models, None).last  # before all else, so that nothing is missed
        ids = run_ids(self._models.session, with_hidden=False)
        old = read_manifest(self._directory)
        known = {} if old is None else old.runs
        maker = made_by(self._models, self._site)
        changed = runs_to_write(self._models, old, maker, ids, self._sizes)
        self._write_assets()
        pages = self._write_pages(changed, known)
        summaries = {**known, **pages.summaries}
        runs = {each: summaries[each] for each in ids}
        kept = self._write_lists(scan, runs.values())
        write_manifest(self._directory, self._manifest(maker, scan, runs))
        return Written(len(runs), pages.pages, self._remove_others(kept))

    def _write_assets(self) -> None:
        self._directory.write(self._site.stylesheet, self._site.css.encode())
        self._directory.write(self._site.script, self._site.js.encode())

    def _write_pages(self, ids: tuple[int, ...], old: Mapping[int, RunSummary]) -> WrittenPages:
        there = {
            run_id: ThereAlready(each.page, each.fingerprint)
            for run_id, each in old.items()
            if self._sizes.get(each.page) == each.size
        }
        return write_run_pages(self._models, self._directory, ids, there)

    def _write_lists(self, scan: Scan | None, summaries: Iterable[RunSummary]) -> frozenset[str]:
        """Write what tells of all runs; give the names of all files of the report."""
        every = tuple(summaries)
        lists = ListFiles(self._models, self._site, self._renderer, scan, every)
        names = {self._site.stylesheet, self._site.script, *(each.page for each in every)}
        for name, content in lists.files():
            self._directory.write(name, content)
            names.add(name)
        return frozenset(names)

    def _manifest(self, maker: str, scan: Scan | None, runs: dict[int, RunSummary]) -> Manifest:
        day = iso_date(self._models.archive.today) or ""
        scan_id, dagster_id = (0, "") if scan is None else (scan.id, scan.dagster_run_id)
        return Manifest(maker, scan_id, dagster_id, day, runs)

    def _remove_others(self, kept: frozenset[str]) -> int:
        return sum(
            self._directory.remove_others(directory, kept) for directory in (RUNS, QC, DATA, ASSETS)
        )
