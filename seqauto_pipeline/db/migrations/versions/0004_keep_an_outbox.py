"""Keep an outbox: what receivers are to be told, and what they were told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "outbox_receiver",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was last spoken to",
        ),
        sa.Column(
            "answered_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it last took something",
        ),
        sa.Column(
            "trouble",
            sa.String(),
            nullable=True,
            comment="Why the last delivery ended early; NULL: it did not",
        ),
        sa.Column(
            "capabilities",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="As the receiver told them",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_receiver")),
    )
    op.create_table(
        "outbox_run",
        sa.Column("sequencing_run_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sequencing_run_id"],
            ["sequencing_run.id"],
            name=op.f("fk_outbox_run_sequencing_run_id_sequencing_run"),
        ),
        sa.PrimaryKeyConstraint("sequencing_run_id", name=op.f("pk_outbox_run")),
    )
    op.create_table(
        "outbox_thing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "receiver",
            sa.String(),
            nullable=False,
            comment="variantgrid, json_lines, webhook, or a lab's own",
        ),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="sequencing_run, sample_sheet, exec_summary, ...",
        ),
        sa.Column("key", sa.String(), nullable=False, comment="What the receiver knows it by"),
        sa.Column(
            "sequencing_run_id", sa.Integer(), nullable=True, comment="NULL: several runs share it"
        ),
        sa.Column(
            "wanted_hash",
            sa.String(),
            nullable=True,
            comment="Of what the receiver should hold now; NULL: there is nothing to send",
        ),
        sa.Column(
            "wanted_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it began to be wanted so",
        ),
        sa.Column(
            "needs",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="[kind, key] of what has to be delivered before it; NULL: nothing",
        ),
        sa.Column("blocked_code", sa.String(), nullable=True, comment="NULL: it can be sent"),
        sa.Column("blocked_reason", sa.String(), nullable=True),
        sa.Column(
            "outcome",
            sa.String(),
            nullable=True,
            comment="Of the last try: in_flight, delivered, importing, failed, parked, differs",
        ),
        sa.Column(
            "tried_hash", sa.String(), nullable=True, comment="Of what the last try was about"
        ),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "attempts", sa.Integer(), nullable=False, comment="In a row, of what was tried last"
        ),
        sa.Column(
            "next_try_at", sa.DateTime(timezone=True), nullable=True, comment="NULL: at once"
        ),
        sa.Column(
            "answer_status", sa.Integer(), nullable=True, comment="HTTP status of the last answer"
        ),
        sa.Column(
            "answer", sa.String(), nullable=True, comment="What the receiver said, cut, or why not"
        ),
        sa.Column(
            "sent_hash", sa.String(), nullable=True, comment="Of what it holds; NULL: nothing yet"
        ),
        sa.Column(
            "sent_body", sa.JSON(none_as_null=True), nullable=True, comment="What it was sent last"
        ),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "home_hash",
            sa.String(),
            nullable=True,
            comment="Of the sample sheet under which the receiver keeps it",
        ),
        sa.Column("server_id", sa.String(), nullable=True, comment="What the receiver calls it"),
        sa.ForeignKeyConstraint(
            ["sequencing_run_id"],
            ["sequencing_run.id"],
            name=op.f("fk_outbox_thing_sequencing_run_id_sequencing_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_thing")),
        sa.UniqueConstraint(
            "receiver", "kind", "key", name=op.f("uq_outbox_thing_receiver_kind_key")
        ),
    )
    op.create_index(
        op.f("ix_outbox_thing_sequencing_run_id"),
        "outbox_thing",
        ["sequencing_run_id"],
        unique=False,
    )


def downgrade() -> None:

    op.drop_index(op.f("ix_outbox_thing_sequencing_run_id"), table_name="outbox_thing")
    op.drop_table("outbox_thing")
    op.drop_table("outbox_run")
    op.drop_table("outbox_receiver")
