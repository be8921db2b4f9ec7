"""Store which callers pressed a key, and how often a callback was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "who_presses_and_who_asks_again"
down_revision = "carrier_away_and_floods"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Existing calls are not known to be silent, and callbacks not to be asked for again.

    The database defaults stay, so that hosts with older code can still write rows.
    """
    op.add_column(
        "calls", sa.Column("pressed", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("callbacks", sa.Column("asked", WHOLE, nullable=False, server_default="1"))


def downgrade() -> None:
    """Drop both columns."""
    op.drop_column("callbacks", "asked")
    op.drop_column("calls", "pressed")
