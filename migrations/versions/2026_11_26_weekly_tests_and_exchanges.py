"""Store when each phone was last heard and is tested next, and the exchange of a call."""

import sqlalchemy as sa
from alembic import op

revision = "weekly_tests_and_exchanges"
down_revision = "prompts_read_by_phone"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_KNOWN = sa.text("exchange_mark IS NOT NULL")


def upgrade() -> None:
    """Columns that older code need not fill; existing calls have no exchange.

    The index holds only calls with a mark, and there are none yet.
    """
    op.add_column("people", sa.Column("heard_at", INSTANT, nullable=True))
    op.add_column("people", sa.Column("test_due_at", INSTANT, nullable=True))
    op.add_column(
        "people",
        sa.Column("missed_tests", WHOLE, nullable=False, server_default=sa.text("0")),
    )
    op.add_column(
        "people", sa.Column("no_tests", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("calls", sa.Column("exchange_mark", sa.String(length=40), nullable=True))
    op.create_index(
        "ix_calls_exchange_started",
        "calls",
        ["exchange_mark", "started_at"],
        sqlite_where=IS_KNOWN,
        postgresql_where=IS_KNOWN,
    )


def downgrade() -> None:
    """Delete open tests, because older code would offer them a call."""
    op.execute("DELETE FROM rings WHERE purpose = 'test'")
    op.drop_index("ix_calls_exchange_started", table_name="calls")
    op.drop_column("calls", "exchange_mark")
    for column in ("no_tests", "missed_tests", "test_due_at", "heard_at"):
        op.drop_column("people", column)
