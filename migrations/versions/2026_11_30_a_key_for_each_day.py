"""Remember to which folder of keys a database belongs, and seal PINs."""

import sqlalchemy as sa
from alembic import op

revision = "a_key_for_each_day"
down_revision = "another_language"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nullable columns that older code does not use."""
    op.add_column("upkeep", sa.Column("keys", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Run `hotline keys status` first: older code cannot open what the keys of days sealed."""
    op.drop_column("upkeep", "keys")
