"""Find the callers who wait, and the rooms that are open or were closed lately, by an index."""

import sqlalchemy as sa
from alembic import op

revision = "find_who_waits"
down_revision = "reach_of_rules"
branch_labels = None
depends_on = None

_WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Indexes only."""
    op.create_index(
        "ix_calls_waiting",
        "calls",
        ["state", "search_since"],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
    op.create_index("ix_rooms_closed_at", "rooms", ["closed_at"])


def downgrade() -> None:
    """Older code reads all rows."""
    op.drop_index("ix_rooms_closed_at", table_name="rooms")
    op.drop_index("ix_calls_waiting", table_name="calls")
