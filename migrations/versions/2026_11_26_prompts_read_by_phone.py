"""Store who asked to be called to read a prompt aloud, and the recordings."""

import sqlalchemy as sa
from alembic import op

revision = "prompts_read_by_phone"
down_revision = "messages_and_callbacks_as_work"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two tables that older code does not use."""
    op.create_table(
        "dictations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ring_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("take", sa.String(length=120), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_dictations_user_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_dictations_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dictations"),
        sa.UniqueConstraint("ring_id", name="uq_dictations_ring_id"),
    )
    for column in ("user_id", "person_id", "created_at"):
        op.create_index(f"ix_dictations_{column}", "dictations", [column])
    op.create_table(
        "dictated",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("dictation_id", sa.String(length=32), nullable=False),
        sa.Column("part", WHOLE, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=True),
        sa.Column("recording_sid", sa.String(length=64), nullable=True),
        sa.Column("version", WHOLE, nullable=True),
        sa.Column("expected_at", INSTANT, nullable=False),
        sa.Column("announced_at", INSTANT, nullable=True),
        sa.Column("deleted_at_carrier", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["dictation_id"], ["dictations.id"], name="fk_dictated_dictation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_dictated"),
        sa.UniqueConstraint("dictation_id", "part", name="uq_dictated_dictation_id_part"),
        sa.UniqueConstraint("recording_sid", name="uq_dictated_recording_sid"),
    )
    op.create_index("ix_dictated_state_expected", "dictated", ["state", "expected_at"])


def downgrade() -> None:
    """Versions made from recordings stay; older code cannot use the calls.

    Their carrier tasks are deleted too: older code does not know them and would alert someone.
    """
    op.drop_table("dictated")
    op.drop_table("dictations")
    op.execute("DELETE FROM rings WHERE purpose = 'dictation'")
    op.execute("DELETE FROM errands WHERE kind IN ('fetch_dictated', 'look_for_dictated')")
