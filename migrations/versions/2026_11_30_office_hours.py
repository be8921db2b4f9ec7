"""Say when an office is open, how people visit it, and which offices a caller heard."""

import sqlalchemy as sa
from alembic import op

revision = "office_hours"
down_revision = "texts_from_the_team"
branch_labels = None
depends_on = None

COLUMNS = (
    ("hours", sa.String(length=200)),
    ("visits", sa.String(length=12)),
    ("closed_until", sa.Date()),
    ("checked_on", sa.Date()),
)


def upgrade() -> None:
    """Columns that older code leaves empty."""
    for name, kind in COLUMNS:
        op.add_column("partners", sa.Column(name, kind, nullable=True))
    op.add_column("calls", sa.Column("offices_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("calls", "offices_sealed")
    for name, _ in reversed(COLUMNS):
        op.drop_column("partners", name)
