"""Let all hosts know that the line is locked, and that a panic purge was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "panic"
down_revision = "restores_are_tried"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nullable columns that older code does not use."""
    op.add_column("upkeep", sa.Column("locked_at", INSTANT, nullable=True))
    op.add_column("upkeep", sa.Column("purge_due_at", INSTANT, nullable=True))
    op.add_column("upkeep", sa.Column("purge_asked_by", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Older code does not lock: each host keeps its lock in a file."""
    for column in ("purge_asked_by", "purge_due_at", "locked_at"):
        op.drop_column("upkeep", column)
