"""The outbox in PostgreSQL: filled, sent, asked for; one sender at a time."""

from pathlib import Path

import pytest

from seqauto_pipeline_tests.delivery.agreement import disagreements
from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab
from seqauto_pipeline_tests.scan.run_folder import samples

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def test_a_run_is_delivered_out_of_postgresql(tmp_path: Path, api: Api, postgres_url: str) -> None:
    lab = SendingLab(tmp_path, api, postgres_url)
    run = lab.run().complete()
    lab.scan()
    with lab.sending_elsewhere():
        assert lab.deliver().stopped.startswith("another delivery is going on (elsewhere")

    assert lab.deliver().stopped == ""
    run.write_sheet(samples("S1", "S2", "S3"))
    lab.run(2).complete()
    lab.scan_and_deliver()

    assert disagreements(lab, api) == []
    states = [state for (kind, _), state in lab.states_by_thing().items() if kind == "sample_sheet"]
    assert sorted(states) == ["delivered", "delivered", "superseded"]
