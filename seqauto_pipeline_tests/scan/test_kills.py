"""A scan that is killed leaves nothing that the next one does not put right."""

from pathlib import Path

import pytest

from seqauto_pipeline_tests.scan.kills import campaign


@pytest.mark.slow
def test_after_a_killed_scan_the_next_one_gives_what_it_would_have_given(tmp_path: Path) -> None:
    killed = [each for _, each in campaign(tmp_path, runs=24, kills=10, seed=1)]

    assert [each for each in killed if each.tables_that_differ] == []
    assert any(each.was_alive for each in killed)
