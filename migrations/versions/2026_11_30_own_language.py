"""Let people choose the language in which they hear and read the hotline."""

import sqlalchemy as sa
from alembic import op

revision = "own_language"
down_revision = "office_hours"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that older code leaves empty: the language follows from those they speak."""
    op.add_column("people", sa.Column("hotline_language", sa.String(length=8), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("people", "hotline_language")
