"""Index only calls that answer another: the index of all calls led searches through every call."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "called_back"
down_revision = "recent_totals"
branch_labels = None
depends_on = None

ANSWERS_ANOTHER = sa.text("calls_back IS NOT NULL")


def upgrade() -> None:
    """No caller waits for it on PostgreSQL; an interrupted step can be repeated."""
    with _beside_traffic():
        op.drop_index("ix_calls_called_back", "calls", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_calls_called_back", "calls", ["calls_back"],
            sqlite_where=ANSWERS_ANOTHER, postgresql_where=ANSWERS_ANOTHER,
            postgresql_concurrently=True,
        )  # fmt: skip
        op.drop_index("ix_calls_calls_back", "calls", postgresql_concurrently=True, if_exists=True)


def downgrade() -> None:
    """Older code asks the same questions."""
    with _beside_traffic():
        op.drop_index("ix_calls_calls_back", "calls", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_calls_calls_back", "calls", ["calls_back"], postgresql_concurrently=True
        )
        op.drop_index("ix_calls_called_back", "calls", postgresql_concurrently=True, if_exists=True)


@contextmanager
def _beside_traffic() -> Iterator[None]:
    """PostgreSQL builds such an index outside a transaction only.

    Alembic's own block for this needs a connection of a pool, and ours is detached.
    """
    if op.get_bind().dialect.name != "postgresql":
        yield
        return
    driver: Any = op.get_bind().connection.dbapi_connection
    driver.commit()
    driver.autocommit = True
    try:
        yield
    finally:
        driver.autocommit = False
