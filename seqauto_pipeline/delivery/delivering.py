"""One delivery: to each receiver what is due, by one sender at a time."""

import datetime as dt
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from seqauto_pipeline.db.lock import delivery_lock
from seqauto_pipeline.db.outbox.sending import SentThings
from seqauto_pipeline.db.session import Engine
from seqauto_pipeline.delivery.configured import limits_for, outbox_for, rules_for
from seqauto_pipeline.delivery.filling import Outbox
from seqauto_pipeline.delivery.messages import store_messages
from seqauto_pipeline.delivery.receivers import Receiver, receivers_for
from seqauto_pipeline.delivery.report import DeliveryReport, DeliveryStoppedError
from seqauto_pipeline.delivery.rules import DeliveryRules, SendingLimits
from seqauto_pipeline.errors import NotConfiguredError, SeqAutoError
from seqauto_pipeline.settings import Settings

Tell = Callable[[str], None]  # a line on how it goes


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a delivery works with."""

    engine: Engine
    database_url: str
    settings: Settings
    tell: Tell = field(default=lambda _line: None)

    @property
    def rules(self) -> DeliveryRules:
        return rules_for(self.settings)

    @property
    def limits(self) -> SendingLimits:
        return limits_for(self.settings)

    def run(self) -> tuple[DeliveryReport, ...]:
        """Deliver what is due to each receiver. One that fails does not keep others waiting."""
        outbox = checked_outbox(self.settings)
        outbox.fill_rest(self.engine)
        reports = tuple(self._deliver(each) for each in receivers_for(self.settings))
        store_messages(self.engine)
        return reports

    def _deliver(self, receiver: Receiver) -> DeliveryReport:
        report = DeliveryReport(receiver.name)
        things = SentThings(self.engine, receiver.name)
        holder = f"{socket.gethostname()} process {os.getpid()}"
        with closing(delivery_lock(self.database_url, receiver.name, holder)) as lock:
            other = lock.take()
            if other is not None:
                report.stopped = f"another delivery is going on ({other})"
                return report
            with _trouble_kept(things, report):
                self._wait_for_what_is_in_flight(things)
                self._told(receiver, things, report)
        return report

    def _told(self, receiver: Receiver, things: SentThings, report: DeliveryReport) -> None:
        try:
            receiver.deliver(things, self.rules, self.limits, report)
        except DeliveryStoppedError as error:
            if error.is_overdue:  # a question leaves no trace that the next sender could wait for
                self._wait(self.limits.settle - self.limits.read_timeout)
            raise

    def _wait_for_what_is_in_flight(self, things: SentThings) -> None:
        """Let the server end what was under way when its sender was lost; then it is sent again.

        Whether it arrived is not known. Two of the same at a time can spoil the server's data.
        """
        lost = things.in_flight()
        if not lost:
            return
        began = max(each.tried_at or dt.datetime.now(dt.UTC) for each in lost)
        rest = began + dt.timedelta(seconds=self.limits.settle) - dt.datetime.now(dt.UTC)
        self._wait(rest.total_seconds())
        things.keep([{"id": each.id, "outcome": "failed", "next_try_at": None} for each in lost])

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self.tell(f"Waiting {seconds:.0f} s: the server may be at work on a lost request.")
            time.sleep(min(seconds, self.limits.settle))


def checked_outbox(settings: Settings) -> Outbox:
    """Give the outbox. Raises NotConfiguredError where nothing may be delivered."""
    outbox = outbox_for(settings)
    if outbox is None:
        raise NotConfiguredError(
            "No receiver is configured: nothing is delivered",
            "Set variantgrid_url, or another receiver; docs/delivery.md tells how.",
        )
    if not settings.upload_enabled:
        raise NotConfiguredError(
            "UPLOAD_ENABLED is false: nothing is delivered", "Set it to true, then deliver again."
        )
    return outbox


@contextmanager
def _trouble_kept(things: SentThings, report: DeliveryReport) -> Iterator[None]:
    """Turn what ended a delivery into its report, and keep it for `seqauto doctor`."""
    things.told(asked_at=dt.datetime.now(dt.UTC))
    try:
        yield
    except DeliveryStoppedError as error:
        report.stopped = error.reason
    except SeqAutoError as error:
        report.stopped = str(error)
    except Exception as error:
        report.stopped = f"a fault of the program, report it: {type(error).__name__}: {error}"
    answered = {} if report.stopped else {"answered_at": dt.datetime.now(dt.UTC)}
    things.told(trouble=report.stopped or None, **answered)
