"""Note who left, what could not be scrubbed, and which texts the carrier shall delete."""

import sqlalchemy as sa
from alembic import op

revision = "forget_who_left"
down_revision = "push_subscriptions"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("people", "left_at"),
    ("users", "left_at"),
    ("upkeep", "unclean_since"),
    ("upkeep", "texts_asked_before"),
)


def upgrade() -> None:
    """Columns that older code leaves empty; the purge fills in who left before."""
    for table, column in _COLUMNS:
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    for table, column in reversed(_COLUMNS):
        op.drop_column(table, column)
