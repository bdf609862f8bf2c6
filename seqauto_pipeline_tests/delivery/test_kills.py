"""A sender that dies, however it dies: nothing is lost, nothing is doubled."""

import datetime as dt
from pathlib import Path

from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sender_kills import killed_deliveries
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab


def test_senders_that_are_killed_lose_nothing_and_double_nothing(tmp_path: Path, api: Api) -> None:
    assert killed_deliveries(tmp_path, api, kills=4, seed=1) == []


def test_what_was_under_way_is_sent_again_once_the_server_can_have_ended(
    lab: SendingLab, api: Api
) -> None:
    lab.run().complete()
    lab.scan()
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with lab.connected() as connection:
        connection.exec_driver_sql(
            "UPDATE outbox_thing SET outcome = 'in_flight', tried_hash = wanted_hash, "
            f"attempts = 1, tried_at = '{now}' WHERE kind = 'experiment'"
        )
        connection.commit()

    began = dt.datetime.now(dt.UTC)
    lab.deliver()

    assert (dt.datetime.now(dt.UTC) - began).total_seconds() > 0.5
    assert lab.all_states() == {"delivered"}


def test_only_one_delivery_sends_at_a_time(lab: SendingLab, api: Api) -> None:
    lab.run().complete()
    lab.scan()
    with lab.sending_elsewhere():
        report = lab.deliver()

    assert report.stopped.startswith("another delivery is going on (elsewhere")
    assert api.sent == []
