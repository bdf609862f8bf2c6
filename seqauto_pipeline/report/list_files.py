"""The files of the report that tell of all runs: each with its name and content."""

from collections.abc import Iterator, Sequence

from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.queries.messages import messages_of_no_run
from seqauto_pipeline.report.lists import (
    problem_groups,
    problems_sentence,
    runs_data,
    runs_sentence,
    samples_data,
    samples_sentence,
)
from seqauto_pipeline.report.qc_pages import Subject, subjects
from seqauto_pipeline.report.rendering import Renderer, Site, data_script
from seqauto_pipeline.report.run_page import problem_of
from seqauto_pipeline.report.summary import RunSummary
from seqauto_pipeline.views.open_models import OpenModels

File = tuple[str, bytes]  # name below the report, content


class ListFiles:
    """Makes the lists from the summaries of all runs, the newest run first."""

    def __init__(
        self,
        models: OpenModels,
        site: Site,
        renderer: Renderer,
        scan: Scan | None,
        summaries: Sequence[RunSummary],
    ) -> None:
        self._models, self._site, self._renderer, self._scan = models, site, renderer, scan
        self._summaries = summaries
        self._subjects = subjects(summaries)

    def files(self) -> Iterator[File]:
        """Give data before the pages that read it, and first what pages of runs read."""
        yield self._site.about, data_script("var seqautoAbout", {"asOf": self._as_of()})
        for subject in self._subjects:
            yield from self._qc_of(subject)
        yield self._site.samples, data_script("var seqautoSamples", samples_data(self._summaries))
        yield self._site.runs, data_script("var seqautoRuns", runs_data(self._summaries))
        yield self._page("qc.html", "qc", subjects=tuple(self._by_kind()))
        yield self._page("samples.html", "samples", sentence=samples_sentence(self._summaries))
        yield self._problems()
        yield self._page("index.html", "index", sentence=runs_sentence(self._summaries))

    def _page(self, name: str, here: str, **values: object) -> File:
        return name, self._renderer.page(name, here, "", **values).encode()

    def _as_of(self) -> str:
        scan = self._scan
        if scan is None:
            return "No scan has run yet."
        return f"As of scan {scan.id}, {self._models.local(scan.as_of or scan.started_at)}"

    def _problems(self) -> File:
        found = messages_of_no_run(self._models.session, self._models.now)
        others = [problem_of(self._models, None, each) for each in found]
        groups = problem_groups(self._summaries, others)
        return self._page(
            "problems.html", "problems", groups=groups, sentence=problems_sentence(groups)
        )

    def _by_kind(self) -> Iterator[tuple[str, tuple[Subject, ...]]]:
        for kind, heading in (("kit", "By kit"), ("sequencer", "By sequencer")):
            members = tuple(each for each in self._subjects if each.kind == kind)
            if members:
                yield heading, members

    def _qc_of(self, subject: Subject) -> Iterator[File]:
        data = self._site.data_of(subject.slug)
        target = f'(window.seqautoQc=window.seqautoQc||{{}})["{subject.slug}"]'
        yield data, data_script(target, subject.data())
        sentence = (
            f"{subject.runs}, by the date of sequencing. A point is the median of a run's samples; "
            "up to 300 runs have a line from their lowest to their highest sample."
            if subject.kind == "kit"
            else f"{subject.runs}, by the date of sequencing."
        )
        page = self._renderer.page(
            "qc_of.html", "qc", "../", title=subject.title, sentence=sentence, data=data
        )
        yield subject.page, page.encode()
