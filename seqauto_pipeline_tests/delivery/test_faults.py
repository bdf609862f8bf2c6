"""What a server or a proxy may answer, and what a delivery makes of it. No secret is ever told."""

import ssl

import pytest

from seqauto_pipeline_tests.delivery.api import TOKEN, Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("redirect", "set variantgrid_url to where it redirects"),
        ("html200", "no VariantGrid answers there"),
        ("nonsense", "no VariantGrid answers there"),
        ("502", "a proxy gave up waiting"),
        ("drop_before", "the connection was lost"),
        ("drop_after", "the connection was lost"),
    ],
)
def test_a_fault_ends_the_delivery_and_the_next_one_ends_well(
    lab: SendingLab, api: Api, fault: str, said: str
) -> None:
    lab.run().complete()
    lab.scan()
    api.control(faults=["", "", fault])  # the first is asked for its capabilities

    report = lab.deliver()

    assert said in report.stopped
    lab.deliver()
    assert lab.all_states() == {"delivered"}
    assert api.tables["wrong"] == []


def test_a_server_that_is_busy_is_asked_again_at_once(lab: SendingLab, api: Api) -> None:
    lab.run().complete()
    lab.scan()
    api.control(faults=["", "429", "503"])

    assert lab.deliver().stopped == ""
    assert lab.all_states() == {"delivered"}


def test_a_batch_that_fails_in_its_second_record_is_sent_one_by_one(
    lab: SendingLab, api: Api
) -> None:
    lab.run().complete()
    lab.scan()
    api.control(faults=["", *[""] * 6, "fail_second"])

    assert lab.deliver().stopped == ""
    files = [endpoint for _, endpoint in api.sent if endpoint.startswith("sequencing_files")]
    assert len(files) == 3
    assert lab.all_states() == {"delivered"}
    assert api.tables["wrong"] == []


def test_a_request_without_an_answer_is_waited_for_before_anything_else_is_sent(
    lab: SendingLab, api: Api
) -> None:
    lab.run().complete()
    lab.scan()
    api.control(faults=["", "hang"])

    assert "no answer within 1.5 s" in lab.deliver().stopped
    assert "in_flight" in lab.all_states()
    lab.deliver()

    assert lab.all_states() == {"delivered"}
    assert api.tables["wrong"] == []


def test_after_a_question_without_an_answer_nobody_asks_while_the_server_is_at_work(
    lab: SendingLab, api: Api
) -> None:
    lab.run().complete()
    lab.scan()
    api.control(faults=["hang"])

    assert "no answer within 1.5 s" in lab.deliver().stopped
    assert "in_flight" not in lab.all_states()  # it was a question, and nothing was sent
    lab.deliver()

    assert lab.all_states() == {"delivered"}
    assert api.tables["wrong"] == []


def test_a_wrong_token_sends_nothing_and_stands_nowhere(
    lab: SendingLab, api: Api, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    lab.environ["SEQAUTO_VARIANTGRID_TOKEN"] = "another-secret"
    lab.run().complete()

    report = lab.scan_and_deliver()

    assert "the token is not accepted" in report.stopped
    everything = str(lab.rows("SELECT * FROM outbox_thing, outbox_receiver"))
    said = capsys.readouterr()
    told = report.stopped + everything + said.out + said.err + caplog.text
    assert "another-secret" not in told
    assert "another-secret" not in repr(lab.settings)


def test_a_token_comes_from_a_file(lab: SendingLab, api: Api) -> None:
    del lab.environ["SEQAUTO_VARIANTGRID_TOKEN"]
    file = lab.home / "token"
    file.write_text(f"{TOKEN}\n")
    lab.environ["SEQAUTO_VARIANTGRID_TOKEN_FILE"] = str(file)
    lab.run().complete()

    assert lab.scan_and_deliver().stopped == ""


def test_nothing_is_delivered_where_uploads_are_off(lab: SendingLab, api: Api) -> None:
    lab.environ["UPLOAD_ENABLED"] = "false"
    lab.run().complete()
    lab.scan()

    with pytest.raises(Exception, match="UPLOAD_ENABLED is false: nothing is delivered"):
        lab.deliver()

    assert api.sent == []
    assert lab.all_states() == {"due"}


def test_without_a_receiver_a_scan_fills_no_outbox(lab: SendingLab) -> None:
    del lab.environ["SEQAUTO_VARIANTGRID_URL"]
    lab.run().complete()
    lab.scan()

    assert lab.rows("SELECT count(*) FROM outbox_thing") == [(0,)]


def test_a_server_whose_certificate_is_not_trusted_gets_nothing(lab: SendingLab, api: Api) -> None:
    lab.environ["SEQAUTO_VARIANTGRID_URL"] = api.url.replace("http:", "https:")
    lab.run().complete()

    report = lab.scan_and_deliver()

    assert "it cannot be reached" in report.stopped
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
    assert api.sent == []
