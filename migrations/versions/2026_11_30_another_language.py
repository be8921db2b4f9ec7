"""Store what language a caller really speaks, its name in their voice, and levels of languages."""

import json

import sqlalchemy as sa
from alembic import op

revision = "another_language"
down_revision = "approve_the_law"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
WITH_A_LANGUAGE = ("messages", "callbacks", "open_items")
LONGEST_OLD_CODE = 2


def upgrade() -> None:
    """Nullable columns and a table that older code does not use."""
    op.add_column("calls", sa.Column("spoken_language", sa.String(length=8), nullable=True))
    op.add_column("calls", sa.Column("second_language", sa.String(length=8), nullable=True))
    op.add_column("people", sa.Column("language_levels", sa.JSON(), nullable=True))
    op.create_table(
        "spoken_names",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("recording_sid", sa.String(length=64), nullable=True),
        sa.Column("seconds", WHOLE, nullable=True),
        sa.Column("expected_at", INSTANT, nullable=False),
        sa.Column("deleted_at_carrier", INSTANT, nullable=True),
        sa.Column("sound_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_spoken_names_call_id"),
        sa.PrimaryKeyConstraint("id", name="pk_spoken_names"),
        sa.UniqueConstraint("call_id", name="uq_spoken_names_call_id"),
        sa.UniqueConstraint("recording_sid", name="uq_spoken_names_recording_sid"),
    )


def downgrade() -> None:
    """Older code knows only the languages that the hotline speaks: the language heard is left."""
    bind = op.get_bind()
    for table in WITH_A_LANGUAGE:
        op.execute(
            f"UPDATE {table} SET language = (SELECT calls.language FROM calls "  # noqa: S608
            f"WHERE calls.id = {table}.call_id) WHERE call_id IN "
            "(SELECT id FROM calls WHERE spoken_language IS NOT NULL)"
        )
    people = sa.table("people", sa.column("id"), sa.column("languages", sa.JSON()))
    for person, spoken in bind.execute(sa.select(people.c.id, people.c.languages)).all():
        codes = json.loads(spoken) if isinstance(spoken, str) else spoken
        known = [code for code in codes if len(code) <= LONGEST_OLD_CODE]
        if known != codes:
            kept = sa.update(people).where(people.c.id == person)
            bind.execute(kept.values(languages=known or ["en"]))
    op.execute("DELETE FROM errands WHERE kind = 'fetch_name'")
    op.drop_table("spoken_names")
    op.drop_column("people", "language_levels")
    op.drop_column("calls", "second_language")
    op.drop_column("calls", "spoken_language")
