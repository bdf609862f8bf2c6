"""A sample of `script/campaign_scans kills`: what a power cut leaves, with a daemon and without."""

import subprocess
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline.orchestration.history import ScanState
from seqauto_pipeline_tests.orchestration.conftest import BIN
from seqauto_pipeline_tests.orchestration.scan_kills import Place, kill_in_step
from seqauto_pipeline_tests.orchestration.scan_site import Site


@pytest.mark.slow
def test_what_is_killed_is_an_error_in_time_and_the_next_scan_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path / "site")
    monkeypatch.setenv("DAGSTER_HOME", str(site.home))
    make_disk = (str(BIN / "seqauto"), "demo-disk", str(site.disk), "--runs", "20")
    for command in ((*make_disk, "--samples", "6"), (str(BIN / "seqauto"), "scan")):
        subprocess.run(command, check=True, capture_output=True)
    try:
        site.start_dev()
        with dg.DagsterInstance.get() as instance:
            without_daemon = kill_in_step(site, instance, Place.DEV_TREE, "create_models")
            restarted = kill_in_step(site, instance, Place.REBOOT, "scan_files")
    finally:
        site.kill_everything()

    for death in (without_daemon, restarted):
        assert death.state is ScanState.ERROR
        assert "died" in death.cause
        assert death.next_finished
    assert restarted.seconds is not None
    assert restarted.seconds < 60
