"""Remember to which folder of keys a database belongs, and seal PINs."""

import sqlalchemy as sa
from alembic import op

revision = "a_key_for_each_day"
down_revision = "needs_of_partners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nullable columns that older code does not use."""
    op.add_column("upkeep", sa.Column("keys", sa.String(length=32), nullable=True))
    op.add_column("people", sa.Column("pin_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Older code cannot open what has keys of days: go back only before `hotline keys start`."""
    op.drop_column("people", "pin_sealed")
    op.drop_column("upkeep", "keys")
