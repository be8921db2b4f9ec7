"""Give a database an identity, so that a host notices when it is given another one."""

import sqlalchemy as sa
from alembic import op

revision = "name_the_database"
down_revision = "columns_of_uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column that older code does not use; a process of this version fills it.

    The one row is made here, because web and worker may start at the same moment.
    """
    op.add_column("upkeep", sa.Column("identity", sa.String(length=32), nullable=True))
    op.execute("INSERT INTO upkeep (id, fence) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM upkeep)")


def downgrade() -> None:
    """Hosts of older versions do not ask for it."""
    op.drop_column("upkeep", "identity")
