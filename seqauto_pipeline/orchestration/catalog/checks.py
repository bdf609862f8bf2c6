"""The asset checks: each question about the sequencing runs, answered once a scan."""

from collections.abc import Iterator

import dagster as dg

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.orchestration.catalog.publish import opened
from seqauto_pipeline.orchestration.catalog.specs import RUNS
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.views.findings import QUESTIONS, Failing, Finding, findings
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.remedies import in_the_web_ui

_MAX_ROWS = 100  # Dagster keeps what each scan answers, and in SQLite three times
_MAX_TEXT = 200
_FAILING = "what fails, and what to do"


@dg.multi_asset_check(
    name="check_runs",
    specs=[dg.AssetCheckSpec(each.name, asset=RUNS, description=each.asks) for each in QUESTIONS],
    description="Asks the models now, without a scan.",
)
def run_checks() -> Iterator[dg.AssetCheckResult]:
    with opened(read_site()) as models:
        for finding in findings(models):
            yield _result(finding)


def evaluations(models: OpenModels) -> Iterator[dg.AssetCheckEvaluation]:
    """Answer all questions with what the models know now."""
    for finding in findings(models):
        yield _evaluation(finding)


def _evaluation(finding: Finding) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(RUNS),
        check_name=finding.question.name,
        passed=not finding.failing,
        severity=_severity(finding),
        description=finding.sentence,
        metadata=_metadata(finding),
    )


def _result(finding: Finding) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=RUNS,
        check_name=finding.question.name,
        passed=not finding.failing,
        severity=_severity(finding),
        description=finding.sentence,
        metadata=_metadata(finding),
    )


def _severity(finding: Finding) -> dg.AssetCheckSeverity:
    severity = dg.AssetCheckSeverity
    return severity.ERROR if finding.question.is_error else severity.WARN


def _metadata(finding: Finding) -> dict[str, dg.MetadataValue]:
    """Say it where the page of a check shows it at once: Markdown is behind a button there.

    A table of one column, for one of more gets cut at the right.
    """
    values: dict[str, dg.MetadataValue] = {"answer": dg.MetadataValue.text(finding.sentence)}
    if not finding.failing:
        return values
    rows = [dg.TableRecord({_FAILING: _line(each)}) for each in finding.failing[:_MAX_ROWS]]
    schema = dg.TableSchema([dg.TableColumn(_FAILING)])
    values["failing"] = dg.MetadataValue.table(rows, schema)
    left_out = len(finding.failing) - len(rows)
    if left_out:
        values["left out"] = dg.MetadataValue.text(f"{left_out:,} more")
    return values


def _line(failing: Failing) -> str:
    what = shown(failing.what, _MAX_TEXT).rstrip(".")
    remedy = in_the_web_ui(failing.remedy, failing.message_id)
    return f"{failing.where}: {what}. {remedy}".strip()
