"""Store the phones of places of detention, their calls, and the windows of callers who are held."""

import sqlalchemy as sa
from alembic import op

revision = "calls_from_detention"
down_revision = "call_back_in_rooms"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Tables that older code does not use, and columns that it need not fill."""
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
    for name in ("facility", "case_of"):
        op.add_column("calls", sa.Column(name, sa.String(length=32), nullable=True))
    op.add_column(
        "calls", sa.Column("code_tries", WHOLE, nullable=False, server_default=sa.text("0"))
    )
    op.create_table(
        "call_windows",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_mark", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("met_at", INSTANT, nullable=True),
        sa.Column("missed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_windows_call_id"),
        sa.PrimaryKeyConstraint("id", name="pk_call_windows"),
        sa.UniqueConstraint("call_id", name="uq_call_windows_call_id"),
        sa.UniqueConstraint("person_id", "starts_at", name="uq_call_windows_person_id_starts_at"),
    )
    op.create_index("ix_call_windows_code_mark", "call_windows", ["code_mark"])
    op.create_index("ix_call_windows_ends_at", "call_windows", ["ends_at"])


def downgrade() -> None:
    """The calls stay, as calls from a hidden number; facilities and windows are lost."""
    op.execute("UPDATE open_items SET kind = 'missed_emergency' WHERE kind = 'call_again'")
    op.execute(
        "UPDATE texts SET state = 'failed' WHERE state IN ('pending', 'sending', 'aloud') "
        "AND words IN ('texts.window_yours', 'texts.window_missed')"
    )  # older code has no words for them
    op.drop_table("call_windows")
    for name in ("code_tries", "case_of", "facility"):
        op.drop_column("calls", name)
    op.drop_table("facilities")
