"""The report is brought up to date after each scan, and never in the way of one."""

import dagster as dg

from seqauto_pipeline.orchestration.catalog.specs import RUNS
from seqauto_pipeline.orchestration.history import ScanState
from seqauto_pipeline_tests.orchestration.conftest import NAME


def test_a_scan_brings_the_report_up_to_date_and_the_web_ui_links_to_it(
    lab, scan, instance, tmp_path
):
    report = tmp_path / "report"
    url = "https://seqauto.example.org/report/"
    lab.configure(f'report_directory = "{report}"\nreport_url = "{url}"')

    assert scan().state is ScanState.FINISHED

    (page,) = report.glob("runs/*.html")
    assert NAME in page.read_text()
    assert f"/assets/{RUNS}?view=partitions&amp;partition=" in page.read_text()
    told = instance.get_latest_materialization_event(dg.AssetKey(RUNS)).asset_materialization
    assert f"]({url}runs/{page.name})" in told.metadata["links"].value
    assert NAME in next(report.glob("data/runs-*.js")).read_text()


def test_a_report_that_cannot_be_written_is_said_and_fails_no_scan(lab, scan, tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "thesis.tex").write_text("mine")
    lab.configure(f'report_directory = "{tmp_path / "report"}"')

    assert scan().state is ScanState.FINISHED

    log = "".join(path.read_text() for path in tmp_path.rglob("seqauto.log"))
    assert "could not be brought up to date: Cannot write the report to" in log
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["thesis.tex"]
