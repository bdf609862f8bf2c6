"""A sample of the pairs of `script/campaign_scans pairs`: real processes, on PostgreSQL."""

import subprocess
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline_tests.orchestration.conftest import BIN, RUN, write_run_folder
from seqauto_pipeline_tests.orchestration.scan_pairs import pairs, run_pair
from seqauto_pipeline_tests.orchestration.scan_site import Site, Way

_SAMPLE = ((Way.WEB_UI, Way.RE_EXECUTION),)


def test_the_campaign_has_every_pair_once() -> None:
    found = {frozenset(pair) for pair in pairs()}

    assert len(found) == len(list(pairs())) == 15
    assert all(frozenset((one, other)) in found for one in Way for other in Way)


@pytest.mark.slow
@pytest.mark.postgres
def test_scans_that_meet_run_one_after_the_other(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path / "site", postgres_url)
    monkeypatch.setenv("DAGSTER_HOME", str(site.home))
    write_run_folder(site.disk / RUN)
    subprocess.run((str(BIN / "seqauto"), "scan"), check=True, capture_output=True)
    try:
        site.start_dev()
        with dg.DagsterInstance.get() as instance:
            outcomes = [run_pair(site, instance, *pair) for pair in _SAMPLE]
    finally:
        site.kill_everything()

    assert [outcome for outcome in outcomes if not outcome.is_right] == []
