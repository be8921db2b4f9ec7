"""Give open items a number, a due time and their history; say who may be rung off duty."""

import sqlalchemy as sa
from alembic import op

revision = "take_items_by_number"
down_revision = "wrap_up_talks"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OPEN = sa.text("closed_at IS NULL")
COLUMNS = (
    ("number", WHOLE),
    ("due_at", INSTANT),
    ("first_owned_at", INSTANT),
    ("kept_at", INSTANT),
    ("handed_to", sa.String(length=32)),
)


def upgrade() -> None:
    """Columns without values: older code writes none, and the worker numbers such items."""
    for name, kind in COLUMNS:
        op.add_column("open_items", sa.Column(name, kind, nullable=True))
    op.create_index(
        "uq_open_items_number_open",
        "open_items",
        ["number"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.add_column("people", sa.Column("pursued", sa.String(length=12), nullable=True))


def downgrade() -> None:
    """Delete what older code would not understand, and the columns."""
    op.execute("UPDATE open_items SET kind = 'missed_emergency' WHERE kind = 'dropped_talk'")
    op.drop_index("uq_open_items_number_open", "open_items")
    op.drop_column("people", "pursued")
    for name, _ in reversed(COLUMNS):
        op.drop_column("open_items", name)
