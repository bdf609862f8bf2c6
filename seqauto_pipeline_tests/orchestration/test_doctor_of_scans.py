"""What scans found and left: `seqauto doctor` names what somebody should mend."""

import shutil

import pytest

from seqauto_pipeline_tests.orchestration.conftest import RUN
from seqauto_pipeline_tests.orchestration.telling import change


@pytest.mark.parametrize(
    ("sheet", "check"),
    [(None, "sheet_missing"), ("no sheet at all", "sheet_does_not_parse")],
)
def test_what_is_wrong_with_sheets_is_named(lab, scan, examine, sheet, check):
    path = lab.root / RUN / "SampleSheet.csv"
    path.unlink() if sheet is None else path.write_text(sheet)
    scan()

    assert str(path) in examine()[check]["text"]


def test_missing_metadata_is_named(lab, scan, examine):
    scan()

    assert RUN in examine()["metadata_missing"]["text"]


def test_damaged_metadata_is_named(lab, scan, examine):
    (lab.root / RUN / "4_QC/sequencing_stats/RunInfo.xml").write_text("<RunInfo")
    scan()

    assert RUN in examine()["metadata_damaged"]["text"]


def test_an_acknowledged_message_is_no_finding(lab, scan, examine):
    (lab.root / RUN / "SampleSheet.csv").unlink()
    scan()
    change(lab.database_url, "UPDATE message SET acknowledged_at = '2026-01-01 00:00:00'")

    assert "sheet_missing" not in examine()


def test_records_below_a_root_taken_out_of_the_settings_are_noted(lab, scan, examine):
    scan()
    other = lab.root.parent / "other"
    (other / "kit").mkdir(parents=True)
    (lab.home / "seqauto.toml").write_text(f'scan_roots = ["{other}"]')
    scan()

    assert str(lab.root) in examine()["root_not_configured"]["fix"]


def test_a_record_directory_that_is_gone_is_named(lab, scan, examine):
    scan()
    shutil.rmtree(lab.home / "scans")

    assert "record_missing" in examine()
