"""Store the phones of places of detention, and which calls come from one."""

import sqlalchemy as sa
from alembic import op

revision = "calls_from_detention"
down_revision = "call_back_in_rooms"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A table that older code does not use, and a column that it need not fill."""
    op.create_table(
        "facilities",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("accept_digits", sa.String(length=12), nullable=False),
        sa.Column("wait_seconds", WHOLE, nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("limit_minutes", WHOLE, nullable=True),
        sa.Column(
            "source", sa.String(length=8), server_default=sa.text("'roster'"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name="pk_facilities"),
        sa.UniqueConstraint("number", name="uq_facilities_number"),
    )
    op.add_column("calls", sa.Column("facility", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """The calls stay, as calls from a hidden number; the facilities are lost."""
    op.drop_column("calls", "facility")
    op.drop_table("facilities")
