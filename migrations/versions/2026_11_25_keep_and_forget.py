"""Store the state of maintenance: purges, restores, drills."""

import sqlalchemy as sa
from alembic import op

revision = "keep_and_forget"
down_revision = "who_presses_and_who_asks_again"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """New tables, and columns that older code can ignore."""
    op.create_table(
        "tombstones",
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_tombstones"),
    )
    op.create_index("ix_tombstones_at", "tombstones", ["at"], unique=False)
    op.create_table(
        "totals",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("need", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("calls", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("month", "language", "need", "outcome", name="pk_totals"),
    )
    op.create_table(
        "upkeep",
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("fence", WHOLE, nullable=False),
        sa.Column("hold_since", INSTANT, nullable=True),
        sa.Column("purged_at", INSTANT, nullable=True),
        sa.Column("logs_asked_before", INSTANT, nullable=True),
        sa.Column("coarse_before", INSTANT, nullable=True),
        sa.Column("backed_up_at", INSTANT, nullable=True),
        sa.Column("restored_to", INSTANT, nullable=True),
        sa.Column("restored_at", INSTANT, nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_upkeep"),
    )
    op.create_table(
        "drills",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=True),
        sa.Column("reached_at", INSTANT, nullable=True),
        sa.Column("failed_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_drills"),
    )
    op.create_index("ix_drills_started_at", "drills", ["started_at"], unique=False)
    op.create_index("ix_drills_call_id", "drills", ["call_id"], unique=False)
    op.add_column(
        "calls", sa.Column("drill", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("heartbeats", sa.Column("tzdata", sa.String(length=20), nullable=True))


def downgrade() -> None:
    """Loses a legal hold with its row: note that it was on before downgrading."""
    op.drop_column("heartbeats", "tzdata")
    op.drop_column("calls", "drill")
    op.drop_index("ix_drills_call_id", table_name="drills")
    op.drop_index("ix_drills_started_at", table_name="drills")
    op.drop_table("drills")
    op.drop_table("upkeep")
    op.drop_table("totals")
    op.drop_index("ix_tombstones_at", table_name="tombstones")
    op.drop_table("tombstones")
