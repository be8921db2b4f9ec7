"""Let all processes share one clock, and note how far the clock of each worker's host is off."""

import sqlalchemy as sa
from alembic import op

revision = "one_clock"
down_revision = "wrap_up_talks"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A table and a column with a default: older code uses neither."""
    op.create_table(
        "clock_anchors",
        sa.Column("boot", sa.String(length=40), nullable=False),
        sa.Column("wall_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds_since_boot", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("boot", name="pk_clock_anchors"),
    )
    op.add_column(
        "heartbeats",
        sa.Column("milliseconds_off", WHOLE, nullable=False, server_default=sa.text("0")),
    )


def downgrade() -> None:
    """Each process goes by its own clock again."""
    op.drop_column("heartbeats", "milliseconds_off")
    op.drop_table("clock_anchors")
