"""Seal the end of the audit log, remember who was told of changes, count proven PINs apart."""

import sqlalchemy as sa
from alembic import op

revision = "seal_the_end_of_the_audit_log"
down_revision = "notices"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
_ADDED = (
    ("audit_head", "sealed_seq", WHOLE),
    ("audit_head", "seal", sa.LargeBinary()),
    ("upkeep", "routing_told_seq", WHOLE),
    ("upkeep", "routing_told_at", INSTANT),
    ("people", "proven_wrong_pins", WHOLE),
    ("people", "proven_locked_until", INSTANT),
)


def upgrade() -> None:
    """Nullable columns that older code does not notice; `hotline migrate` seals the end."""
    for table, name, kind in _ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Older code checks the chain without the seal."""
    for table, name, _ in reversed(_ADDED):
        op.drop_column(table, name)
