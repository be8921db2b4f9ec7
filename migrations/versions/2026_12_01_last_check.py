"""Keep what the last `hotline check` found, for the console."""

import sqlalchemy as sa
from alembic import op

revision = "last_check"
down_revision = "api_tokens"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A table that older code does not use."""
    op.create_table(
        "last_check",
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_last_check"),
    )


def downgrade() -> None:
    """The next check of newer code writes it again."""
    op.drop_table("last_check")
