"""How people are told: a real mail server, a real web server, a real command."""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from seqauto_pipeline.monitoring.alerts import Event, Notice
from seqauto_pipeline.monitoring.receivers import receivers
from seqauto_pipeline.settings import load_settings
from seqauto_pipeline_tests.orchestration.telling import break_the_disk, seqauto, told


def test_a_mail_says_what_is_wrong(lab, scan, tell, mailbox):
    scan()
    break_the_disk(lab.root)
    story = scan()

    tell()

    [mail] = mailbox.mail
    assert mail["To"] == "lab@example.org"
    assert mail["Subject"] == f"SeqAuto: Scan {story.short_id} failed"
    assert "is the disk mounted?" in mail.get_payload(decode=True).decode()


def test_a_name_adds_no_header_to_a_mail(lab, mailbox):
    (mail,) = receivers(load_settings())
    title = "x\r\nBcc: evil@example.org\r\n\r\nbody"

    mail.deliver(Notice(Event.TEST, title, f"{title}\x1b[31m"))

    [told] = mailbox.mail
    assert told["Bcc"] is None
    assert told["Subject"] == "SeqAuto: x\\r\\nBcc: evil@example.org\\r\\n\\r\\nbody"
    assert "\x1b" not in told.get_payload(decode=True).decode()


def test_a_webhook_gets_text_that_cannot_act_in_it(lab, scan, tell, monkeypatch):
    posts = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/services/geheim"
    monkeypatch.setenv("SEQAUTO_ALERT_SLACK_WEBHOOK", address)
    scan()
    lab.configure('layout = "<!channel>"')
    story = scan()

    tell()

    server.shutdown()
    server.server_close()
    [post] = posts
    assert post["text"].startswith(f"*Scan {story.short_id} failed*")
    assert "&lt;!channel&gt;" in post["text"]
    assert "<" not in post["text"]


def test_secrets_of_receivers_are_not_shown(lab, monkeypatch):
    monkeypatch.setenv("SEQAUTO_ALERT_SLACK_WEBHOOK", "https://hooks.example.org/geheim")
    monkeypatch.setenv("SEQAUTO_SMTP_PASSWORD", "geheim")

    for form in ("text", "json"):
        assert "geheim" not in seqauto("settings", "--format", form).output


def test_what_was_not_delivered_is_tried_again(lab, scan, tell, log, monkeypatch):
    monkeypatch.setenv("SEQAUTO_ALERT_MAIL_TO", "lab@example.org")
    monkeypatch.setenv("SEQAUTO_SMTP_SERVER", "127.0.0.1:9")
    scan()
    break_the_disk(lab.root)
    scan()

    first, second = tell(), tell()

    for sent in (first, second):
        assert len(sent.failures) == 1
        assert "127.0.0.1:9" in sent.failures[0]
    assert len(first.notices) == 1
    assert second.notices == ()  # the command was told


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; sys.exit('no route')", "it ended with code 1: no route"),
        (None, "No such file"),
    ],
)
def test_a_command_that_fails_says_why(lab, monkeypatch, program, reason):
    command = ["/no/such/program"] if program is None else [sys.executable, "-c", program]
    lab.configure(f"alert_command = {json.dumps(command)}")

    result = seqauto("alerts", "test")

    assert result.exit_code == 1
    assert reason in result.output


def test_a_test_message_reaches_each_receiver(lab, mailbox, log):
    result = seqauto("alerts", "test")

    assert result.output == "mail: delivered\ncommand: delivered\n"
    assert [each["event"] for each in told(log)] == ["test"]
    assert len(mailbox.mail) == 1


def test_a_test_without_receivers_says_what_to_set(lab):
    result = seqauto("alerts", "test")

    assert result.exit_code == 1
    assert "alert_mail_to" in result.output
