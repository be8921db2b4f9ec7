"""Store who takes care of messages and callbacks, and their notes."""

import sqlalchemy as sa
from alembic import op

revision = "messages_and_callbacks_as_work"
down_revision = "what_callers_hear"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
USER = sa.String(length=32)
UNHEARD = sa.text("state IN ('arriving','stored')")
MESSAGES = ("tell_at", "told", "done_by", "done_at", "passed_on_at", "claimed_at", "claimed_by")
CALLBACKS = ("reason_sealed", "given_up_by", "claimed_at", "claimed_by")


def upgrade() -> None:
    """Columns that older code need not fill; the worker computes `tell_at` of existing rows."""
    _columns()
    _notes()


def downgrade() -> None:
    """Loses notes and claims; finished messages become heard messages.

    A promise that was given up stays closed: for older code it is one that was not reached.
    """
    op.execute("UPDATE messages SET state = 'heard' WHERE state = 'done'")
    op.execute("UPDATE callbacks SET state = 'unreached' WHERE state = 'given_up'")
    op.drop_table("drafts")
    op.drop_table("notes")
    op.drop_column("sounds", "peaks_sealed")
    op.drop_index("ix_messages_unheard", table_name="messages")
    for table, columns in (("messages", MESSAGES), ("callbacks", CALLBACKS)):
        for column in columns:
            op.drop_column(table, column)


def _columns() -> None:
    for table in ("messages", "callbacks"):
        op.add_column(table, sa.Column("claimed_by", USER, nullable=True))
        op.add_column(table, sa.Column("claimed_at", INSTANT, nullable=True))
    for column in ("passed_on_at", "done_at", "tell_at"):
        op.add_column("messages", sa.Column(column, INSTANT, nullable=True))
    op.add_column("messages", sa.Column("done_by", USER, nullable=True))
    op.add_column("messages", sa.Column("told", WHOLE, nullable=False, server_default="0"))
    op.create_index(
        "ix_messages_unheard",
        "messages",
        ["tell_at"],
        sqlite_where=UNHEARD,
        postgresql_where=UNHEARD,
    )
    op.add_column("callbacks", sa.Column("given_up_by", USER, nullable=True))
    op.add_column("callbacks", sa.Column("reason_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("sounds", sa.Column("peaks_sealed", sa.LargeBinary(), nullable=True))


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", USER, nullable=False),
        sa.Column("privileged", sa.Boolean(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_notes_call_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_notes_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_call_id", "notes", ["call_id"])
    op.create_table(
        "drafts",
        sa.Column("user_id", USER, nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("privileged", sa.Boolean(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_drafts_call_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_drafts_user_id"),
        sa.PrimaryKeyConstraint("user_id", "call_id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_call_id", "drafts", ["call_id"])
    op.create_index("ix_drafts_at", "drafts", ["at"])
