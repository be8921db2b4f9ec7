"""Store notices by e-mail, Apprise and outgoing webhooks, and who wants them by e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "notices"
down_revision = "a_key_for_each_day"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A table and a nullable column that older code does not use."""
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("tries", WHOLE, nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("recipient", "about", name="uq_notices_recipient_about"),
    )
    op.create_index("ix_notices_state_due", "notices", ["state", "due_at"])
    op.create_index("ix_notices_since", "notices", ["since"])
    op.add_column("people", sa.Column("alert_mail_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Older code tells the same people by text or by call."""
    op.drop_column("people", "alert_mail_sealed")
    op.drop_table("notices")
