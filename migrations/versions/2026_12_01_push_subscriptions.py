"""Store the browsers in which people want alerts and reminders."""

import sqlalchemy as sa
from alembic import op

revision = "push_subscriptions"
down_revision = "seal_the_end_of_the_audit_log"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table that older code does not use."""
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("subscription_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscriptions"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_push_subscriptions_person_id"
        ),
    )
    op.create_index("ix_push_subscriptions_person_id", "push_subscriptions", ["person_id"])


def downgrade() -> None:
    """Older code tells the same people by text, by call or by e-mail."""
    op.execute("DELETE FROM notices WHERE recipient LIKE 'push:%'")
    op.drop_table("push_subscriptions")
