"""Keep jobs: what makes missing files, and what became of each."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("sequencing_run_id", sa.Integer(), nullable=False),
        sa.Column("expected_file_id", sa.BigInteger(), nullable=False),
        sa.Column("file_type", sa.String(), nullable=False),
        sa.Column(
            "recipe_digest",
            sa.String(),
            nullable=False,
            comment="Of the recipe that it was made by",
        ),
        sa.Column(
            "input_fingerprint",
            sa.String(),
            nullable=False,
            comment="Of the files that it was made from",
        ),
        sa.Column("backend", sa.String(), nullable=False, comment="local, slurm or pbs"),
        sa.Column(
            "key", sa.String(), nullable=False, comment="Of the last try; its name over there"
        ),
        sa.Column(
            "backend_id",
            sa.String(),
            nullable=True,
            comment="NULL: nobody noted that it was taken",
        ),
        sa.Column(
            "state",
            sa.String(),
            nullable=False,
            comment="submitting, queued, running, done, failed, cancelled or lost",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="Tries, the last one included"),
        sa.Column("next_try_at", _MOMENT, nullable=True, comment="NULL: not tried by itself"),
        sa.Column("cores", sa.Integer(), nullable=False),
        sa.Column("memory_mb", sa.Integer(), nullable=False, comment="Megabytes"),
        sa.Column("seconds", sa.Integer(), nullable=False, comment="The limit of its time"),
        sa.Column(
            "output", sa.String(), nullable=False, comment="Absolute path of the file, escaped"
        ),
        sa.Column(
            "exit_code",
            sa.Integer(),
            nullable=True,
            comment="NULL: it has not ended, or left none",
        ),
        sa.Column("host", sa.String(), nullable=True, comment="Where it ran"),
        sa.Column(
            "reason",
            sa.String(),
            nullable=True,
            comment="Why it ended, in the back-end's words",
        ),
        sa.Column("log_end", sa.String(), nullable=True, comment="The last lines that it printed"),
        sa.Column("launched_at", _MOMENT, nullable=False, comment="The last try"),
        sa.Column("began_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column(
            "looked_at",
            _MOMENT,
            nullable=True,
            comment="When a scan looked at what it made; NULL: not yet",
        ),
        sa.ForeignKeyConstraint(
            ["expected_file_id"],
            ["expected_file.id"],
            name=op.f("fk_job_expected_file_id_expected_file"),
        ),
        sa.ForeignKeyConstraint(
            ["sequencing_run_id"],
            ["sequencing_run.id"],
            name=op.f("fk_job_sequencing_run_id_sequencing_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    for column in ("expected_file_id", "sequencing_run_id", "state"):
        op.create_index(op.f(f"ix_job_{column}"), "job", [column], unique=False)
    op.create_table(
        "job_event",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("job_id", _NUMBER, nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="As of the job, or retry"),
        sa.Column("key", sa.String(), nullable=False, comment="Of the try"),
        sa.Column("who", sa.String(), nullable=True, comment="NULL: no person"),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_event_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_event")),
    )
    op.create_index(op.f("ix_job_event_job_id"), "job_event", ["job_id"], unique=False)
    op.create_table(
        "job_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False, comment="True: none is launched"),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_pause")),
    )


def downgrade() -> None:
    op.drop_table("job_pause")
    op.drop_index(op.f("ix_job_event_job_id"), table_name="job_event")
    op.drop_table("job_event")
    for column in ("state", "sequencing_run_id", "expected_file_id"):
        op.drop_index(op.f(f"ix_job_{column}"), table_name="job")
    op.drop_table("job")
