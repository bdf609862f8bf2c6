"""Mail, a Slack webhook, any command: whoever the settings name is told."""

import json
import smtplib
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from http.client import HTTPException

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.errors import SeqAutoError
from seqauto_pipeline.monitoring.alerts import Notice
from seqauto_pipeline.settings import Settings

_TIMEOUT_SECONDS = 20.0
_SLACK_MAX_CHARACTERS = 3000  # of one text block
_SLACK_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class NotDeliveredError(SeqAutoError):
    """A receiver could not be reached; what it should have been told is tried again."""

    fix = "Correct the setting or the receiver, then try it with `seqauto alerts test`."

    def __init__(self, receiver: str, reason: str) -> None:
        super().__init__(receiver, reason)
        self.receiver, self.reason = receiver, reason

    def __str__(self) -> str:
        return f"No alert could be sent by {self.receiver}: {self.reason}. {self.fix}"


@dataclass(frozen=True, slots=True)
class Receiver:
    name: str  # stable: what it was told is stored under this name
    deliver: Callable[[Notice], None]  # raises NotDeliveredError


def receivers(settings: Settings) -> tuple[Receiver, ...]:
    """List the receivers that are configured: by default there are none."""
    found = []
    if settings.alert_mail_to:
        found.append(Receiver("mail", lambda notice: _send_mail(notice, settings)))
    if settings.alert_slack_webhook is not None:
        url = settings.alert_slack_webhook.get_secret_value()
        found.append(Receiver("slack", lambda notice: _post(notice, url, settings)))
    if settings.alert_command:
        found.append(Receiver("command", lambda notice: _call(notice, settings)))
    return tuple(found)


def _send_mail(notice: Notice, settings: Settings) -> None:
    message = EmailMessage()
    message["Subject"] = f"SeqAuto: {shown(notice.title, limit=200)}"
    message["From"] = settings.alert_mail_from
    message["To"] = ", ".join(settings.alert_mail_to)
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = make_msgid(domain="seqauto")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{_plain(notice.text)}\n\n{_link(settings)}".strip() + "\n")
    try:
        with _connected(settings) as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        reason = f"{settings.smtp_server} says: {_one_line(error)}"
        raise NotDeliveredError("mail", reason) from error


def _connected(settings: Settings) -> smtplib.SMTP:
    host, _, port = settings.smtp_server.rpartition(":")
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host.strip("[]"), int(port), timeout=_TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host.strip("[]"), int(port), timeout=_TIMEOUT_SECONDS)
    if settings.smtp_security == "starttls":
        server.starttls(context=context)
    if settings.smtp_user is not None and settings.smtp_password is not None:
        server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    return server


def _post(notice: Notice, url: str, settings: Settings) -> None:
    """Post to the webhook. Its address is a secret, and stands in no message."""
    text = f"*{shown(notice.title)}*\n{_plain(notice.text)}\n{_link(settings)}".strip()
    escaped = text.translate(_SLACK_ESCAPES)[:_SLACK_MAX_CHARACTERS]
    request = urllib.request.Request(  # noqa: S310  (the setting allows http and https only)
        url, json.dumps({"text": escaped}).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        reason = f"the webhook answers with HTTP status {error.code}"
        raise NotDeliveredError("slack", reason) from error
    except (OSError, HTTPException) as error:
        raise NotDeliveredError("slack", _one_line(error)) from error


def _call(notice: Notice, settings: Settings) -> None:
    """Run the command without a shell, which could execute what a name on disk contains."""
    told = {
        "event": str(notice.event),
        "title": shown(notice.title),
        "text": notice.text,
        "keys": list(notice.keys),
        "url": settings.web_server_url,
    }
    try:
        subprocess.run(  # noqa: S603  (the operator's own program)
            settings.alert_command,
            input=json.dumps(told).encode(),
            capture_output=True,
            check=True,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        ended = f"it ended with code {error.returncode}"
        reason = f"{ended}: {said[-1]}" if said else ended
        raise NotDeliveredError("command", reason) from error
    except subprocess.TimeoutExpired as error:
        reason = f"it did not end within {_TIMEOUT_SECONDS:g} s"
        raise NotDeliveredError("command", reason) from error
    except OSError as error:
        raise NotDeliveredError("command", _one_line(error)) from error


def _plain(text: str) -> str:
    return "\n".join(shown(line) for line in text.split("\n"))


def _link(settings: Settings) -> str:
    return settings.web_server_url


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
