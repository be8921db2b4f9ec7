"""Remember how the totals counted each call, so that a figure leads to its calls."""

import sqlalchemy as sa
from alembic import op

revision = "fates_of_calls"
down_revision = "forget_who_left"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A nullable column that older code does not use."""
    op.add_column("calls", sa.Column("fate", sa.String(length=12), nullable=True))


def downgrade() -> None:
    """Older code works the fate out of the outcome."""
    op.drop_column("calls", "fate")
