"""${message}"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say what changes for the rows that are there."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Undo it, keeping what the older tables can hold."""
    ${downgrades if downgrades else "pass"}
