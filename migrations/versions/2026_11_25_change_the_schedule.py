"""Schedule changes in the console, and which rules of duty they ended."""

import sqlalchemy as sa
from alembic import op

revision = "change_the_schedule"
down_revision = "keep_and_forget"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """The new columns are empty in existing rules: all of them apply, ordered by id."""
    op.add_column("duty_rules", sa.Column("counts_from", INSTANT, nullable=True))
    op.add_column("duty_rules", sa.Column("counts_until", INSTANT, nullable=True))
    op.add_column("duty_rules", sa.Column("place", WHOLE, nullable=True))
    op.add_column("duty_rules", sa.Column("ended_by", WHOLE, nullable=True))
    op.create_table(
        "schedule_changes",
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("undoes", WHOLE, nullable=True),
        sa.Column("undone_by", WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_changes"),
    )


def downgrade() -> None:
    """Delete ended rules, because older code would apply them again."""
    op.execute("DELETE FROM duty_rules WHERE ended_by IS NOT NULL")
    op.execute("DELETE FROM duty_rules WHERE counts_until <= CURRENT_TIMESTAMP")
    op.drop_table("schedule_changes")
    for column in ("ended_by", "place", "counts_until", "counts_from"):
        op.drop_column("duty_rules", column)
