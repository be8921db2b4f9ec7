"""Remember when the carrier is away, phones that cannot be reached, surges, blocks and opt-outs."""

import sqlalchemy as sa
from alembic import op

revision = "carrier_away_and_floods"
down_revision = "remember_users"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOT_YET = sa.text("0")
FOR_CALLBACKS = sa.text("purpose = 'callback'")


def upgrade() -> None:
    """Add columns with defaults, so that older code can still write rows during a deploy."""
    op.add_column(
        "heartbeats",
        sa.Column("carrier_away", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column(
        "people", sa.Column("failed_rings", WHOLE, nullable=False, server_default=NOT_YET)
    )
    op.add_column(
        "people", sa.Column("cannot_text", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("texts", sa.Column("undelivered", WHOLE, nullable=False, server_default=NOT_YET))
    op.add_column("calls", sa.Column("limited", sa.String(length=10), nullable=True))
    op.add_column(
        "calls", sa.Column("search_over", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index("ix_rings_person_created", "rings", ["person_id", "created_at"])
    op.create_index(
        "ix_rings_callback_created",
        "rings",
        ["created_at"],
        sqlite_where=FOR_CALLBACKS,
        postgresql_where=FOR_CALLBACKS,
    )
    op.create_table(
        "surges",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_surges"),
    )
    op.create_table(
        "opt_outs",
        sa.Column("number_mark", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number_mark", name="pk_opt_outs"),
    )
    op.create_table(
        "blocks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("number_mark", sa.String(length=40), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("pseudonym", sa.String(length=60), nullable=False),
        sa.Column("blocked_by", sa.String(length=32), nullable=True),
        sa.Column("marks", WHOLE, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_blocks"),
        sa.UniqueConstraint("number_mark", name="uq_blocks_number_mark"),
    )


def downgrade() -> None:
    """Drop the new columns and tables; all older data stays."""
    for table in ("blocks", "opt_outs", "surges"):
        op.drop_table(table)
    op.drop_index("ix_rings_callback_created", table_name="rings")
    op.drop_index("ix_rings_person_created", table_name="rings")
    for table, column in (
        ("calls", "search_over"),
        ("calls", "limited"),
        ("texts", "undelivered"),
        ("people", "cannot_text"),
        ("people", "failed_rings"),
        ("heartbeats", "carrier_away"),
    ):
        op.drop_column(table, column)
