"""The outbox: what receivers outside are to be told, and how far that has come."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Integer, UniqueConstraint, case
from sqlalchemy.orm import Mapped, mapped_column

from seqauto_pipeline.db.base import Base


class OutboxThing(Base):
    """One thing for one receiver.

    Scans write what should be there now (`wanted_hash`, `blocked_*`, `needs`, the run); the sender
    writes all else. So neither can undo what the other has just stored.
    """

    __tablename__ = "outbox_thing"
    __table_args__ = (UniqueConstraint("receiver", "kind", "key"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    receiver: Mapped[str] = mapped_column(
        comment="variantgrid, json_lines, webhook, or a lab's own"
    )
    kind: Mapped[str] = mapped_column(comment="sequencing_run, sample_sheet, exec_summary, ...")
    key: Mapped[str] = mapped_column(comment="What the receiver knows it by")
    sequencing_run_id: Mapped[int | None] = mapped_column(
        ForeignKey("sequencing_run.id"), index=True, comment="NULL: several runs share it"
    )
    wanted_hash: Mapped[str | None] = mapped_column(
        comment="Of what the receiver should hold now; NULL: there is nothing to send"
    )
    wanted_since: Mapped[dt.datetime | None] = mapped_column(
        comment="When it began to be wanted so"
    )
    needs: Mapped[list[Any] | None] = mapped_column(
        comment="[kind, key] of what has to be delivered before it; NULL: nothing"
    )
    blocked_code: Mapped[str | None] = mapped_column(comment="NULL: it can be sent")
    blocked_reason: Mapped[str | None]
    outcome: Mapped[str | None] = mapped_column(
        comment="Of the last try: in_flight, delivered, importing, failed, parked, differs"
    )
    tried_hash: Mapped[str | None] = mapped_column(comment="Of what the last try was about")
    tried_at: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(comment="In a row, of what was tried last")
    next_try_at: Mapped[dt.datetime | None] = mapped_column(comment="NULL: at once")
    answer_status: Mapped[int | None] = mapped_column(comment="HTTP status of the last answer")
    answer: Mapped[str | None] = mapped_column(comment="What the receiver said, cut, or why not")
    sent_hash: Mapped[str | None] = mapped_column(comment="Of what it holds; NULL: nothing yet")
    sent_body: Mapped[dict[str, Any] | None] = mapped_column(comment="What it was sent last")
    delivered_at: Mapped[dt.datetime | None]
    home_hash: Mapped[str | None] = mapped_column(
        comment="Of the sample sheet under which the receiver keeps it"
    )
    server_id: Mapped[str | None] = mapped_column(comment="What the receiver calls it")


class OutboxRun(Base):
    """What the things of one run were worked out from: the same means nothing to do."""

    __tablename__ = "outbox_run"

    sequencing_run_id: Mapped[int] = mapped_column(
        ForeignKey("sequencing_run.id"), primary_key=True, autoincrement=False
    )
    stamp: Mapped[str]


class OutboxReceiver(Base):
    """How the last delivery to one receiver went."""

    __tablename__ = "outbox_receiver"

    name: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[dt.datetime | None] = mapped_column(comment="When it was last spoken to")
    answered_at: Mapped[dt.datetime | None] = mapped_column(comment="When it last took something")
    trouble: Mapped[str | None] = mapped_column(
        comment="Why the last delivery ended early; NULL: it did not"
    )
    capabilities: Mapped[dict[str, Any] | None] = mapped_column(comment="As the receiver told them")


def is_for(receiver: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Tell as SQL whether a thing is for a receiver, of things that are found by their runs.

    SQLite compares no index with what was put together. It would take the one that begins with the
    receiver, and look at all things there are: it does not know that most have the same receiver.
    """
    return OutboxThing.receiver.concat("") == receiver


def state_of_thing() -> ColumnElement[str]:
    """Give the state of a thing as SQL; what is due may still have to wait for others."""
    thing = OutboxThing
    is_of_now = thing.tried_hash == thing.wanted_hash
    return case(
        (thing.outcome == "in_flight", "in_flight"),
        (thing.blocked_code.is_not(None), "blocked"),
        (thing.wanted_hash.is_(None) & thing.sent_hash.is_(None), "superseded"),
        (thing.wanted_hash.is_(None) & (thing.kind == "sample_sheet"), "superseded"),
        (thing.wanted_hash.is_(None), "delivered"),
        (is_of_now & (thing.outcome == "differs"), "differs"),
        (thing.sent_hash == thing.wanted_hash, "delivered"),
        (is_of_now & thing.outcome.in_(("importing", "parked")), thing.outcome),
        else_="due",
    )
