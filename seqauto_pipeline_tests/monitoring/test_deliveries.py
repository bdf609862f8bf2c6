"""What doctor, status and metrics say of deliveries."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from seqauto_pipeline.delivery.configured import receiver_names
from seqauto_pipeline.monitoring.deliveries import delivery_facts, delivery_readings
from seqauto_pipeline.monitoring.figures import Figures, deliveries_of
from seqauto_pipeline.monitoring.metrics import metrics_text
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.delivery.api import TOKEN, Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    api = Api(tmp_path_factory.mktemp("api"))
    api.start()
    yield api
    api.stop()


@pytest.fixture
def lab(tmp_path: Path, api: Api, on_each_database: str) -> SendingLab:
    api.empty()
    return SendingLab(tmp_path, api)


def told(lab: SendingLab, later: dt.timedelta = dt.timedelta(0)) -> dict[str, tuple[str, str]]:
    """Give what is said, by the code of its check: how it stands, and the words."""
    settings = lab.settings
    facts = delivery_facts(settings, database_url_for(settings, lab.home))
    now = dt.datetime.now(dt.UTC) + later
    readings = [each for one in facts for each in delivery_readings(one, now)]
    return {each.check: (str(each.standing), each.text) for each in readings}


def test_nothing_is_said_where_nobody_is_delivered_to(lab: SendingLab) -> None:
    del lab.environ["SEQAUTO_VARIANTGRID_URL"]

    assert told(lab) == {}


def test_what_is_well_says_what_is_delivered_and_how_long_the_oldest_waits(
    lab: SendingLab,
) -> None:
    lab.run().complete()
    lab.scan()

    (standing, text) = told(lab, dt.timedelta(hours=2))[""]

    assert standing == "ok"
    assert "it is there and takes the token; 3 due, 12 waiting" in text
    assert text.endswith("the oldest is due for 2 h 0 min")


def test_a_token_that_is_not_taken_is_told_and_not_shown(lab: SendingLab) -> None:
    lab.environ["SEQAUTO_VARIANTGRID_TOKEN"] = "another-secret-token"

    standing, text = told(lab)["receiver_unusable"]

    assert standing == "wrong"
    assert "the token is not accepted" in text
    assert "another-secret-token" not in text


def test_a_server_that_is_not_there_is_told_and_what_is_late(lab: SendingLab) -> None:
    lab.run().complete()
    lab.scan()
    lab.environ["SEQAUTO_VARIANTGRID_URL"] = lab.api.url.replace("127.0.0.1", "localhost")
    lab.scan()
    lab.environ["SEQAUTO_DELIVERY_CONNECT_TIMEOUT_SECONDS"] = "0.2"
    lab.api.stop()
    try:
        said = told(lab, dt.timedelta(hours=25))
    finally:
        lab.api.start()

    assert "it cannot be reached" in said["receiver_unusable"][1]
    assert "the oldest thing waits for" in said["delivery_late"][1]


def test_parked_things_and_a_delivery_that_ended_early_are_told(lab: SendingLab) -> None:
    lab.environ["SEQAUTO_DELIVERY_ATTEMPTS"] = "1"
    lab.run().complete()
    lab.api.control(tables={"poison": ["S1.hg38.bam"]})
    lab.scan_and_deliver()
    lab.api.control(faults=["", "html200"])
    lab.retry()
    lab.deliver()

    said = told(lab)

    assert "check variantgrid_url" in said["delivery_stopped"][1]
    assert TOKEN not in str(said)


def test_an_unset_token_is_told(lab: SendingLab) -> None:
    del lab.environ["SEQAUTO_VARIANTGRID_TOKEN"]

    assert "found no token" in told(lab)["receiver_unusable"][1]


def test_deliveries_that_are_off_are_a_note(lab: SendingLab) -> None:
    lab.environ["UPLOAD_ENABLED"] = "false"

    assert told(lab)["delivery_off"][0] == "note"


def test_metrics_count_things_by_receiver_and_state(lab: SendingLab) -> None:
    lab.run().complete()
    lab.scan_and_deliver()
    facts = deliveries_of(database_url_for(lab.settings, lab.home))
    figures = Figures(None, None, None, dt.timedelta(days=1), facts)

    text = metrics_text(figures, dt.datetime.now(dt.UTC))

    (name,) = receiver_names(lab.settings)
    assert f'seqauto_deliveries{{receiver="{name}",state="delivered"}} 15.0' in text
    assert f'seqauto_last_delivery_failed{{receiver="{name}"}} 0.0' in text
