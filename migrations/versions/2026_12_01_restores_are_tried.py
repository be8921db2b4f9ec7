"""Remember when a restore was last tried, and what was wrong."""

import sqlalchemy as sa
from alembic import op

revision = "restores_are_tried"
down_revision = "fates_of_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nullable columns that older code does not use."""
    op.add_column(
        "upkeep", sa.Column("restore_tried_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("upkeep", sa.Column("restore_fault", sa.String(length=200), nullable=True))


def downgrade() -> None:
    """Older code does not ask when a restore was tried."""
    op.drop_column("upkeep", "restore_fault")
    op.drop_column("upkeep", "restore_tried_at")
