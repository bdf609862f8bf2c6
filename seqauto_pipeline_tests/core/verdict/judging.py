"""Run folders judged as a scan judges them, for the tests of the parts of a verdict."""

from dataclasses import replace

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.verdict.run_judgement import RunJudgement, judge_run
from seqauto_pipeline.core.verdict.run_record import KnownRun
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.core.listings import layout
from seqauto_pipeline_tests.core.runs import LAB, parsed, run_with

ILLUMINA = load_layout("illumina")
DEEP = layout('[file_types.a]\npatterns = ["{sample_id}"]', run='markers = ["qc/done", "ok"]')


def judged(
    listing: RunListing,
    known: KnownRun | None = None,
    *,
    at: Layout = LAB,
    young_ns: range | None = None,
    busy_ns: range | None = None,
) -> RunJudgement:
    return judge_run(
        listing,
        parsed(listing, at),
        at,
        known,
        young_ns=young_ns,
        busy_ns=busy_ns,
    )


def known_as(state: RunState = RunState.COMPLETE, **facts: object) -> KnownRun:
    """Give what is stored of a run that was judged whole, in another state since."""
    verdict = judged(run_with())
    values = {"samples": verdict.samples, "sheet_md5": "0" * 32}
    return KnownRun(replace(verdict.record, data_state=state), **(values | facts))  # type: ignore[arg-type]


def codes(verdict: RunJudgement) -> list[str]:
    return [problem.code for problem in verdict.problems]
