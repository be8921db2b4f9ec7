"""Store the calls that the hotline dials for callbacks, so that their talks take place in rooms."""

import sqlalchemy as sa
from alembic import op

revision = "call_back_in_rooms"
down_revision = "ring_who_gets_no_texts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that older code need not fill."""
    op.add_column("calls", sa.Column("calls_back", sa.String(length=32), nullable=True))
    op.create_index("ix_calls_calls_back", "calls", ["calls_back"])


def downgrade() -> None:
    """Delete the rings that older code would not know what to do with.

    The calls stay: to older code they are calls like any other, and their talks go on.
    """
    op.execute("DELETE FROM rings WHERE purpose = 'called'")
    op.execute("DELETE FROM people WHERE role = 'called back'")
    op.drop_index("ix_calls_calls_back", "calls")
    op.drop_column("calls", "calls_back")
