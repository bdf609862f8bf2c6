"""A sample of what `script/campaign_delivery` plays 300 of."""

from pathlib import Path

import pytest

from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sequences import Sequence


@pytest.mark.parametrize("seed", [2, 7])
def test_after_changes_and_faults_the_server_holds_what_our_record_says(
    tmp_path: Path, api: Api, seed: int
) -> None:
    sequence = Sequence(tmp_path, api, seed)

    assert sequence.play() == [], sequence.told
