"""What people say of sequencing runs and messages, and what they said before."""

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from seqauto_pipeline.db.base import Base

SKIP = "skip"
ACKNOWLEDGEMENT = "acknowledgement"


class Annotation(Base):
    """One word of a person on a run or a message. Append only: the newest of a kind holds."""

    __tablename__ = "annotation"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(comment="The name of a flag, skip or acknowledgement")
    sequencing_run_id: Mapped[int | None] = mapped_column(
        ForeignKey("sequencing_run.id"), index=True, comment="NULL: it is of a message"
    )
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("message.id"), index=True, comment="NULL: it is of a run"
    )
    is_on: Mapped[bool] = mapped_column(comment="False: it was taken back")
    who: Mapped[str]
    why: Mapped[str | None] = mapped_column(comment="NULL: no reason was given")
    at: Mapped[dt.datetime]
    until: Mapped[dt.datetime | None] = mapped_column(comment="NULL: without end")
