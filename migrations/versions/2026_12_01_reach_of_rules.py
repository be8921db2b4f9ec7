"""Store when each dated rule counts, so that who is on duty is read from the rules of that time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "reach_of_rules"
down_revision = "panic"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_SPANS = tuple(2**power for power in range(14))
_INSTANT = sa.DateTime(timezone=True)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_rules = sa.table(
    "duty_rules",
    sa.column("id", sa.Integer),
    sa.column("body", sa.JSON),
    sa.column("counts_from", _INSTANT),
    sa.column("counts_until", _INSTANT),
    sa.column("span", sa.Integer),
)


def upgrade() -> None:
    """Older code adds rules with span 0, which are read for every instant, as all were before."""
    op.add_column("duty_rules", sa.Column("span", _NUMBER, server_default="0", nullable=False))
    connection, last = op.get_bind(), 0
    some = sa.select(_rules).order_by(_rules.c.id).limit(_AT_ONCE)
    is_sqlite = connection.dialect.name == "sqlite"
    while rows := connection.execute(some.where(_rules.c.id > last)).all():
        last = rows[-1].id
        for row in rows:
            since, until = _reach(row, is_sqlite=is_sqlite)
            written = {"counts_from": since, "counts_until": until, "span": _span(since, until)}
            connection.execute(sa.update(_rules).where(_rules.c.id == row.id).values(written))
    op.create_index("ix_duty_rules_reach", "duty_rules", ["ended_by", "span", "counts_from"])
    op.create_index("ix_duty_rules_created_at", "duty_rules", ["created_at"])


def _reach(
    row: sa.Row[*tuple[Any, ...]], *, is_sqlite: bool
) -> tuple[datetime | None, datetime | None]:
    if row.body["kind"] not in ("override", "temporary"):
        return row.counts_from, row.counts_until
    since, until = (
        datetime.fromisoformat(row.body[name]).astimezone(UTC) for name in ("start", "end")
    )
    if is_sqlite:  # it stores UTC without a zone
        return since.replace(tzinfo=None), until.replace(tzinfo=None)
    return since, until


def _span(since: datetime | None, until: datetime | None) -> int:
    if since is None or until is None:
        return 0
    return next((span for span in _SPANS if until - since <= timedelta(hours=span)), 0)


def downgrade() -> None:
    """Older code reads start and end of a dated rule from its body alone."""
    op.drop_index("ix_duty_rules_created_at", table_name="duty_rules")
    op.drop_index("ix_duty_rules_reach", table_name="duty_rules")
    op.drop_column("duty_rules", "span")
