"""Speak alerts in a call, and keep why and until when texts do not reach a phone."""

import sqlalchemy as sa
from alembic import op

revision = "ring_who_gets_no_texts"
down_revision = "name_the_database"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns that older code does not use; its texts are no alerts."""
    op.add_column(
        "texts", sa.Column("is_alert", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("people", sa.Column("text_code", sa.String(length=10), nullable=True))
    op.add_column("people", sa.Column("texts_again_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """End the texts and delete the rings that older code would not know what to do with."""
    op.execute("UPDATE texts SET state = 'failed' WHERE state = 'aloud'")
    op.execute("DELETE FROM rings WHERE purpose = 'alert'")
    op.drop_column("people", "texts_again_at")
    op.drop_column("people", "text_code")
    op.drop_column("texts", "is_alert")
