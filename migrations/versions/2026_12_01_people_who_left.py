"""Remember since when a person has left, and when no deleted data was left in the files."""

import sqlalchemy as sa
from alembic import op

revision = "people_who_left"
down_revision = "notices"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nullable columns; for people who left before, the days are counted from the next purge."""
    op.add_column("people", sa.Column("left_at", INSTANT, nullable=True))
    op.add_column("upkeep", sa.Column("clean_at", INSTANT, nullable=True))


def downgrade() -> None:
    """Older code keeps the names that are left, and deletes no text at the carrier."""
    op.execute("DELETE FROM errands WHERE kind = 'forget_text'")
    op.drop_column("upkeep", "clean_at")
    op.drop_column("people", "left_at")
