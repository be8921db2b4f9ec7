"""Store requests for third voices, their rings, and texts to callers."""

import sqlalchemy as sa
from alembic import op

revision = "third_voices"
down_revision = "talk_in_rooms"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("state = 'open'")
IS_FOR_REQUEST = sa.text("request_id IS NOT NULL")


def upgrade() -> None:
    """A table and columns that older code does not use.

    SQLite writes the small table of texts again; the column of `rings` has no foreign key, so that
    its large table stays as it is.
    """
    op.create_table(
        "room_requests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("deadline_at", INSTANT, nullable=False),
        sa.Column("next_step_at", INSTANT, nullable=False),
        sa.Column("met_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_room_requests_call_id"),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name="fk_room_requests_room_id"),
        sa.PrimaryKeyConstraint("id", name="pk_room_requests"),
    )
    op.create_index("ix_room_requests_call_id", "room_requests", ["call_id"])
    for name, columns, unique in (
        ("uq_room_requests_open", ["room_id", "kind"], True),
        ("ix_room_requests_due", ["next_step_at"], False),
    ):
        op.create_index(
            name,
            "room_requests",
            columns,
            unique=unique,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        )
    op.add_column("rings", sa.Column("request_id", sa.String(length=32), nullable=True))
    op.create_index(
        "ix_rings_request_id",
        "rings",
        ["request_id"],
        sqlite_where=IS_FOR_REQUEST,
        postgresql_where=IS_FOR_REQUEST,
    )
    with op.batch_alter_table("texts") as texts:
        texts.alter_column("person_id", existing_type=sa.String(length=32), nullable=True)
        texts.add_column(sa.Column("call_id", sa.String(length=32), nullable=True))
        texts.create_foreign_key("fk_texts_call_id", "calls", ["call_id"], ["id"])
        texts.create_unique_constraint("uq_texts_call_id_about", ["call_id", "about"])


def downgrade() -> None:
    """Delete the rings and texts that older code would not know what to do with."""
    op.execute("DELETE FROM texts WHERE person_id IS NULL")
    with op.batch_alter_table("texts") as texts:
        texts.drop_constraint("uq_texts_call_id_about", type_="unique")
        texts.drop_constraint("fk_texts_call_id", type_="foreignkey")
        texts.drop_column("call_id")
        texts.alter_column("person_id", existing_type=sa.String(length=32), nullable=False)
    op.execute("DELETE FROM rings WHERE purpose = 'guest'")
    op.drop_index("ix_rings_request_id", "rings")
    op.drop_column("rings", "request_id")
    op.drop_table("room_requests")
    op.execute("DELETE FROM errands WHERE kind = 'announce'")
    op.execute("DELETE FROM people WHERE role = 'vendor'")
