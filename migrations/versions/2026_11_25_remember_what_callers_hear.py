"""Store changes of prompts, and announcements."""

import sqlalchemy as sa
from alembic import op

revision = "what_callers_hear"
down_revision = "count_each_day"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_LIVE = sa.text("live")


def upgrade() -> None:
    """New tables only: older code ignores them and uses the shipped prompts."""
    editions = op.create_table(
        "editions",
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
    )
    op.bulk_insert(editions, [{"id": 1, "number": 0}])
    op.create_table(
        "prompt_versions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("takes", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.String(length=32), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("reviewed_by", sa.String(length=32), nullable=True),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("went_live_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_prompt_versions"),
        sa.UniqueConstraint(
            "language", "name", "number", name="uq_prompt_versions_language_name_number"
        ),
    )
    op.create_index(
        "uq_prompt_versions_live",
        "prompt_versions",
        ["language", "name"],
        unique=True,
        sqlite_where=IS_LIVE,
        postgresql_where=IS_LIVE,
    )
    op.create_table(
        "prompt_sounds",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("audio", sa.LargeBinary(), nullable=False),
        sa.Column("milliseconds", WHOLE, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_prompt_sounds"),
    )
    op.create_table(
        "closed_languages",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("closed_by", sa.String(length=32), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_closed_languages"),
    )
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("sounds", sa.JSON(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
    )
    op.create_index("ix_announcements_ends_at", "announcements", ["ends_at"])


def downgrade() -> None:
    """Return to the shipped prompts in every language."""
    op.drop_table("announcements")
    op.drop_table("closed_languages")
    op.drop_table("prompt_sounds")
    op.drop_table("prompt_versions")
    op.drop_table("editions")
