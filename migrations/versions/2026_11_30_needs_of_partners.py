"""Say what the people of a partner take who have no needs of their own."""

import sqlalchemy as sa
from alembic import op

revision = "needs_of_partners"
down_revision = "another_language"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that older code leaves at its default: every need."""
    column = sa.Column("needs", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
    op.add_column("partners", column)


def downgrade() -> None:
    """People get the needs of their partner as their own, so that the same people are rung."""
    bind = op.get_bind()
    partners = sa.table("partners", sa.column("id"), sa.column("needs", sa.JSON()))
    people = sa.table("people", sa.column("partner_id"), sa.column("needs", sa.JSON()))
    as_text = sa.cast(people.c.needs, sa.Text())
    for partner, needs in bind.execute(sa.select(partners.c.id, partners.c.needs)).all():
        if needs:
            theirs = sa.update(people).where(people.c.partner_id == partner, as_text == "[]")
            bind.execute(theirs.values(needs=needs))
    op.drop_column("partners", "needs")
