"""Store what the columns of an uploaded spreadsheet mean, and what a callback may cost."""

import sqlalchemy as sa
from alembic import op

revision = "columns_of_uploads"
down_revision = "take_items_by_number"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two columns that older code does not use."""
    op.add_column("uploads", sa.Column("columns", sa.JSON(), nullable=True))
    op.add_column("callbacks", sa.Column("cents_a_try", WHOLE, nullable=True))


def downgrade() -> None:
    """Files that wait for their columns are uploaded again."""
    op.drop_column("callbacks", "cents_a_try")
    op.drop_column("uploads", "columns")
