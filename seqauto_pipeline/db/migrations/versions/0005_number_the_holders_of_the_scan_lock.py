"""Number the holders of the scan lock."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "scan_fence",
        sa.Column("id", sa.Integer(), nullable=False, comment="Always 1"),
        sa.Column(
            "number",
            sa.BigInteger(),
            nullable=False,
            comment="One more each time the lock is taken",
        ),
        sa.Column("dagster_run_id", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="By the clock of that host",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_fence")),
    )


def downgrade() -> None:
    op.drop_table("scan_fence")
