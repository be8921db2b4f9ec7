"""Store who approved a text that states law, what it follows, and when its review is due."""

import sqlalchemy as sa
from alembic import op

revision = "approve_the_law"
down_revision = "own_language"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns that older code neither reads nor fills: a text without them follows its release."""
    op.add_column("prompt_versions", sa.Column("source", sa.String(length=200), nullable=True))
    op.add_column("prompt_versions", sa.Column("approved_by", sa.String(length=32), nullable=True))
    op.add_column(
        "prompt_versions", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("prompt_versions", sa.Column("review_by", sa.Date(), nullable=True))


def downgrade() -> None:
    """Forget the approvals; what is live stays live."""
    for name in ("review_by", "approved_at", "approved_by", "source"):
        op.drop_column("prompt_versions", name)
