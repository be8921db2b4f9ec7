"""Store the order of the rings of a round, and when a responder's leg ended."""

import sqlalchemy as sa
from alembic import op

revision = "callers_in_line"
down_revision = "weekly_tests_and_exchanges"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Columns that older code need not fill: its rings all have the first place."""
    op.add_column("rings", sa.Column("place", WHOLE, nullable=False, server_default=sa.text("0")))
    op.add_column("rings", sa.Column("leg_over_at", INSTANT, nullable=True))


def downgrade() -> None:
    """The rings stay, in no order within their round."""
    for column in ("leg_over_at", "place"):
        op.drop_column("rings", column)
