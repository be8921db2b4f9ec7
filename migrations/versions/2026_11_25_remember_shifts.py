"""Store shift offers, takes, confirmations, and calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "remember_shifts"
down_revision = "change_the_schedule"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    """Create the tables; existing shifts are neither offered nor confirmed."""
    _offers()
    _takes()
    _confirmations()
    _feeds()


def downgrade() -> None:
    """Drop the tables; a taken shift stays with its taker, because that is a rule of duty."""
    for table in ("calendar_feeds", "shift_confirmations", "shift_takes", "shift_offers"):
        op.drop_table(table)


def _offers() -> None:
    op.create_table(
        "shift_offers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("start_at", INSTANT, nullable=False),
        sa.Column("end_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("end_at > start_at", name=op.f("ck_shift_offers_lasts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_shift_offers_person_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_shift_offers_asked_by"),
        sa.PrimaryKeyConstraint("id", name="pk_shift_offers"),
    )
    op.create_index("ix_shift_offers_state_end_at", "shift_offers", ["state", "end_at"])
    op.create_index(
        "uq_shift_offers_open", "shift_offers", ["person_id", "start_at"], unique=True,
        sqlite_where=IS_OPEN, postgresql_where=IS_OPEN,
    )  # fmt: skip


def _takes() -> None:
    op.create_table(
        "shift_takes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("start_at", INSTANT, nullable=False),
        sa.Column("end_at", INSTANT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_shift_takes_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shift_takes"),
        sa.UniqueConstraint("what", name="uq_shift_takes_what"),
    )
    op.create_index("ix_shift_takes_end_at", "shift_takes", ["end_at"])


def _confirmations() -> None:
    op.create_table(
        "shift_confirmations",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("start_at", INSTANT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_shift_confirmations_person_id"
        ),
        sa.PrimaryKeyConstraint("person_id", "start_at", name="pk_shift_confirmations"),
    )
    op.create_index("ix_shift_confirmations_start_at", "shift_confirmations", ["start_at"])


def _feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("whose", sa.String(length=4), nullable=False),
        sa.Column("secret_mark", sa.String(length=40), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_calendar_feeds_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("secret_mark", name="uq_calendar_feeds_secret_mark"),
        sa.UniqueConstraint("user_id", "whose", name="uq_calendar_feeds_user_id_whose"),
    )
