"""Store the rooms in which callers talk, and the legs that sit in them."""

import sqlalchemy as sa
from alembic import op

revision = "talk_in_rooms"
down_revision = "pursue_open_items"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OPEN = sa.text("closed_at IS NULL")
IS_LEAD = sa.text("role = 'lead' AND state <> 'left'")


def upgrade() -> None:
    """Two tables and one column that older code does not use."""
    op.create_table(
        "rooms",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("conference_sid", sa.String(length=64), nullable=True),
        sa.Column("ended_sid", sa.String(length=64), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_rooms_call_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rooms"),
        sa.UniqueConstraint("call_id", name="uq_rooms_call_id"),
        sa.UniqueConstraint("token", name="uq_rooms_token"),
    )
    op.create_index(
        "ix_rooms_open", "rooms", ["opened_at"], sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
    )
    op.create_table(
        "seats",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("ring_id", sa.String(length=32), nullable=True),
        sa.Column("leg_sid", sa.String(length=64), nullable=True),
        sa.Column("visit", WHOLE, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("out_because", sa.String(length=12), nullable=True),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("conference_sid", sa.String(length=64), nullable=True),
        sa.Column("failures", WHOLE, nullable=False),
        sa.Column("stars", WHOLE, nullable=False),
        sa.Column("starred_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_seats_room_id"),
        sa.ForeignKeyConstraint(["ring_id"], ["rings.id"], name="fk_seats_ring_id"),
        sa.PrimaryKeyConstraint("id", name="pk_seats"),
        sa.UniqueConstraint("token", name="uq_seats_token"),
        sa.UniqueConstraint("leg_sid", name="uq_seats_leg_sid"),
    )
    for column in ("room_id", "ring_id"):
        op.create_index(f"ix_seats_{column}", "seats", [column])
    op.create_index("ix_seats_state_since", "seats", ["state", "since"])
    op.create_index(
        "uq_seats_room_lead",
        "seats",
        ["room_id"],
        unique=True,
        sqlite_where=IS_LEAD,
        postgresql_where=IS_LEAD,
    )
    op.add_column("calls", sa.Column("queue_sid", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Forget rooms and the tasks about them; calls and rings stay."""
    op.execute("DELETE FROM errands WHERE kind IN ('dequeue_caller', 'end_sitting')")
    op.drop_column("calls", "queue_sid")
    op.drop_table("seats")
    op.drop_table("rooms")
