"""Keep the counts of calls that can still change, so that a report need not read these calls."""

import sqlalchemy as sa
from alembic import op

revision = "recent_totals"
down_revision = "last_check"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table and columns that older code does not use; the next purge of newer code fills them."""
    op.create_table(
        "recent_totals",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cut", sa.String(16), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("count", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("day", "cut", "value", "what", name="pk_recent_totals"),
    )
    for name in ("recent_from", "recent_before"):
        op.add_column("upkeep", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Older code reads the calls themselves."""
    for name in ("recent_before", "recent_from"):
        op.drop_column("upkeep", name)
    op.drop_table("recent_totals")
