"""Store what still needs a person, its owner, and the next step of its pursuit."""

import sqlalchemy as sa
from alembic import op

revision = "pursue_open_items"
down_revision = "callers_in_line"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    """One table that older code does not use."""
    op.create_table(
        "open_items",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("callback_id", sa.String(length=32), nullable=True),
        sa.Column("need", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("level", WHOLE, nullable=False),
        sa.Column("level_since", INSTANT, nullable=False),
        sa.Column("round_since", INSTANT, nullable=False),
        sa.Column("next_step_at", INSTANT, nullable=False),
        sa.Column("last_ring_at", INSTANT, nullable=True),
        sa.Column("owner_person", sa.String(length=32), nullable=True),
        sa.Column("owner_user", sa.String(length=32), nullable=True),
        sa.Column("owned_at", INSTANT, nullable=True),
        sa.Column("last_act_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_reason", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_open_items_call_id"),
        sa.ForeignKeyConstraint(
            ["callback_id"], ["callbacks.id"], name="fk_open_items_callback_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_open_items"),
    )
    for column in ("call_id", "callback_id"):
        op.create_index(f"ix_open_items_{column}", "open_items", [column])
    for name, column, unique in (
        ("uq_open_items_call_open", "call_id", True),
        ("ix_open_items_due", "next_step_at", False),
    ):
        op.create_index(
            name,
            "open_items",
            [column],
            unique=unique,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        )


def downgrade() -> None:
    """Delete the rings of pursuit, because older code would not know what to say in them."""
    op.drop_table("open_items")
    op.execute("DELETE FROM rings WHERE purpose = 'pursuit'")
