"""Store pauses, verifications of numbers, approvals, and invitations."""

import sqlalchemy as sa
from alembic import op

revision = "prove_numbers_and_agree_in_twos"
down_revision = "remember_shifts"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Existing people come from a roster and are not paused.

    The database defaults stay, so that hosts with older code can still write rows.
    """
    for table in ("people", "partners"):
        op.add_column(
            table,
            sa.Column("source", sa.String(length=8), nullable=False, server_default="roster"),
        )
    op.add_column("people", sa.Column("paused_at", INSTANT, nullable=True))
    op.add_column("people", sa.Column("paused_until", INSTANT, nullable=True))
    op.add_column(
        "partners", sa.Column("retired", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "users", sa.Column("invited", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _proofs()
    _approvals()
    _invitations()


def downgrade() -> None:
    """Drop what older code does not know; people without a verified number stay, inactive."""
    for table in ("invitations", "approvals", "number_proofs"):
        op.drop_table(table)
    op.execute("DELETE FROM rings WHERE purpose = 'proof'")
    op.drop_column("users", "invited")
    op.drop_column("partners", "retired")
    op.drop_column("people", "paused_until")
    op.drop_column("people", "paused_at")
    for table in ("partners", "people"):
        op.drop_column(table, "source")


def _proofs() -> None:
    op.create_table(
        "number_proofs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_mark", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("sent_by", sa.String(length=4), nullable=False),
        sa.Column("ring_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("wrong_tries", WHOLE, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_number_proofs_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_number_proofs"),
        sa.UniqueConstraint("ring_id", name="uq_number_proofs_ring_id"),
    )
    for column in ("person_id", "number_mark", "created_at"):
        op.create_index(f"ix_number_proofs_{column}", "number_proofs", [column])


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("facts_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name="fk_approvals_asked_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name="fk_approvals_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    for column in ("asked_by", "asked_at"):
        op.create_index(f"ix_approvals_{column}", "approvals", [column])


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_invitations_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_invitations"),
    )
