"""How the tables came to be, step by step, each step reversible with rows in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

_HERE = Path(__file__).parent


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the tables forward to a revision."""
    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Bring the tables back to a revision, keeping what it can hold."""
    _run(engine, lambda config: command.downgrade(config, revision))


def is_current(engine: sa.Engine) -> bool:
    """Whether the tables are those this version of the code expects."""
    head = ScriptDirectory(str(_HERE)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _run(engine: sa.Engine, act: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        act(config)
        connection.commit()
