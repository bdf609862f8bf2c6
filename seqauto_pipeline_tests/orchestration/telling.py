"""What the tests of alerts share: a real mail server, and a look at what was told."""

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from aiosmtpd.handlers import Message as MessageHandler
from click.testing import CliRunner, Result

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.monitoring.sending import Sent

# The laboratory stands where the tests begin between 7 and 8: after the scan of 06:00, before the
# digest, whatever the time of the machine. (A zone named Etc/GMT-9 is nine hours ahead of UTC.)
AHEAD = (7 - dt.datetime.now(dt.UTC).hour + 12) % 24 - 12
LABORATORY = dt.timezone(dt.timedelta(hours=AHEAD))
TIME_ZONE = f"Etc/GMT{-AHEAD:+d}"
RECORD = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() + '\\n')"

Tell = Callable[..., Sent]


class Mailbox(MessageHandler):
    """Keeps the mail that a server takes."""

    def __init__(self) -> None:
        super().__init__()
        self.mail: list[object] = []

    def handle_message(self, message: object) -> None:
        self.mail.append(message)


def told(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def titles(sent: Sent) -> list[str]:
    assert sent.failures == ()
    return [notice.title for _, notice in sent.notices]


def break_the_disk(root: Path) -> None:
    shutil.rmtree(root)
    root.mkdir()


def change(database_url: str, statement: str) -> None:
    engine = open_database(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def seqauto(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def in_days(days: float, hour: int = 9) -> dt.datetime:
    """Give a time in the laboratory on a later day: after the digest's, unless the hour says."""
    day = dt.datetime.now(LABORATORY).replace(hour=hour, minute=0) + dt.timedelta(days=days)
    return day.astimezone(dt.UTC)
