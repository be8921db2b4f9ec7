"""Keep incoming texts, so that each is answered once, and number the shifts on offer."""

import sqlalchemy as sa
from alembic import op

revision = "texts_from_the_team"
down_revision = "calls_from_detention"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITS = sa.text("words_sealed IS NOT NULL AND done_at IS NULL")
IS_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    """A table that older code does not use, and a column that it leaves empty."""
    op.create_table(
        "incoming_texts",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("number_mark", sa.String(length=40), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reply_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("done_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_incoming_texts_person_id"),
        sa.ForeignKeyConstraint(["done_by"], ["users.id"], name="fk_incoming_texts_done_by"),
        sa.PrimaryKeyConstraint("sid", name="pk_incoming_texts"),
    )
    op.create_index("ix_incoming_texts_at", "incoming_texts", ["at"])
    op.create_index("ix_incoming_texts_number_mark", "incoming_texts", ["number_mark"])
    op.create_index(
        "ix_incoming_texts_waiting",
        "incoming_texts",
        ["at"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.add_column("shift_offers", sa.Column("number", WHOLE, nullable=True))
    op.create_index(
        "uq_shift_offers_number_open",
        "shift_offers",
        ["number"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def downgrade() -> None:
    """Drop both; older code has nothing to say about them."""
    op.drop_index("uq_shift_offers_number_open", "shift_offers")
    op.drop_column("shift_offers", "number")
    op.drop_table("incoming_texts")
