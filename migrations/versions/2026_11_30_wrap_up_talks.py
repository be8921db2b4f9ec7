"""Store what came of a talk: its result, referrals to partners, and follow-ups."""

import sqlalchemy as sa
from alembic import op

revision = "wrap_up_talks"
down_revision = "third_voices"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("follow_up_on IS NOT NULL AND followed_up_at IS NULL")


def upgrade() -> None:
    """Two tables that older code does not use."""
    op.create_table(
        "wrap_ups",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=True),
        sa.Column("as_of", INSTANT, nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("user_id", sa.String(length=32), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("follow_up_by", sa.String(length=32), nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("followed_up_at", INSTANT, nullable=True),
        sa.Column("followed_up_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_wrap_ups_call_id"),
        sa.PrimaryKeyConstraint("call_id", name="pk_wrap_ups"),
    )
    op.create_index(
        "ix_wrap_ups_open",
        "wrap_ups",
        ["follow_up_on"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.create_table(
        "referrals",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("partner_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_referrals_call_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_referrals_user_id"),
        sa.PrimaryKeyConstraint("call_id", "partner_id", name="pk_referrals"),
    )


def downgrade() -> None:
    """Drop both tables; older code has nothing to say about their rows."""
    op.drop_table("referrals")
    op.drop_table("wrap_ups")
