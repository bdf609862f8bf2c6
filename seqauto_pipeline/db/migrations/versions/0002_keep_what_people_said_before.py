"""Keep what people said before."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_MOMENT = sa.DateTime(timezone=True)
_ANNOTATION = sa.table(
    "annotation",
    sa.column("what", sa.String()),
    sa.column("sequencing_run_id", sa.Integer()),
    sa.column("message_id", sa.Integer()),
    sa.column("is_on", sa.Boolean()),
    sa.column("who", sa.String()),
    sa.column("why", sa.String()),
    sa.column("at", _MOMENT),
    sa.column("until", _MOMENT),
)
_MESSAGE = sa.table(
    "message",
    sa.column("id", sa.Integer()),
    sa.column("acknowledged_by", sa.String()),
    sa.column("acknowledged_why", sa.String()),
    sa.column("acknowledged_at", _MOMENT),
    sa.column("acknowledged_until", _MOMENT),
)
_RUN = sa.table(
    "sequencing_run", sa.column("id", sa.Integer()), sa.column("fingerprint", sa.String())
)


def upgrade() -> None:
    op.create_table(
        "annotation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "what",
            sa.String(),
            nullable=False,
            comment="The name of a flag, skip or acknowledgement",
        ),
        sa.Column(
            "sequencing_run_id", sa.Integer(), nullable=True, comment="NULL: it is of a message"
        ),
        sa.Column("message_id", sa.Integer(), nullable=True, comment="NULL: it is of a run"),
        sa.Column("is_on", sa.Boolean(), nullable=False, comment="False: it was taken back"),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True, comment="NULL: no reason was given"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True, comment="NULL: without end"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_annotation_message_id_message")
        ),
        sa.ForeignKeyConstraint(
            ["sequencing_run_id"],
            ["sequencing_run.id"],
            name=op.f("fk_annotation_sequencing_run_id_sequencing_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotation")),
    )
    with op.batch_alter_table("annotation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_annotation_message_id"), ["message_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_annotation_sequencing_run_id"), ["sequencing_run_id"], unique=False
        )
    op.execute(_acknowledgements_in_force())


def _acknowledgements_in_force() -> sa.Insert:
    """Take what stands at messages as the beginning of their history."""
    stored = (
        sa.select(
            sa.literal("acknowledgement"),
            _MESSAGE.c.id,
            sa.true(),
            _MESSAGE.c.acknowledged_by,
            _MESSAGE.c.acknowledged_why,
            _MESSAGE.c.acknowledged_at,
            _MESSAGE.c.acknowledged_until,
        )
        .where(_MESSAGE.c.acknowledged_at.is_not(None))
        .order_by(_MESSAGE.c.acknowledged_at, _MESSAGE.c.id)
    )
    columns = ["what", "message_id", "is_on", "who", "why", "at", "until"]
    return sa.insert(_ANNOTATION).from_select(columns, stored)


def downgrade() -> None:
    # An older program knows no skip by a person: it has to judge these runs anew.
    skipped = sa.select(_ANNOTATION.c.sequencing_run_id).where(_ANNOTATION.c.what == "skip")
    op.execute(sa.update(_RUN).where(_RUN.c.id.in_(skipped)).values(fingerprint=None))
    with op.batch_alter_table("annotation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_annotation_sequencing_run_id"))
        batch_op.drop_index(batch_op.f("ix_annotation_message_id"))

    op.drop_table("annotation")
