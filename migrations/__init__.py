"""Migrations of the tables; each step is reversible with rows in them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

_HERE = Path(__file__).parent
_TRIES = 120
_PAUSE_SECONDS = 0.5
_LOCK_NOT_AVAILABLE = "55P03"


def upgrade(engine: sa.Engine, revision: str = "head", scripts: Path = _HERE) -> None:
    """Migrate the tables forward to a revision while calls continue."""
    _patiently(engine, scripts, lambda config: command.upgrade(config, revision))


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Migrate the tables back to a revision; keeps whatever that revision can hold."""
    _patiently(engine, _HERE, lambda config: command.downgrade(config, revision))


def is_current(engine: sa.Engine) -> bool:
    """Whether this version of the code can work with the tables.

    An unknown revision is a newer one. Its additions do not disturb this code, so in a deploy the
    tables can be migrated before the code (CONTRIBUTING.md).
    """
    found = revision_of(engine)
    return found is not None and (found == newest() or not knows(found))


def revision_of(engine: sa.Engine) -> str | None:
    """The revision of the tables; None if there are none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The newest revision that this version of the code knows."""
    return str(ScriptDirectory(str(_HERE)).get_current_head())


def knows(revision: str) -> bool:
    """Whether this version of the code can migrate tables of this revision."""
    known = {script.revision for script in ScriptDirectory(str(_HERE)).walk_revisions()}
    return revision in known


def _patiently(engine: sa.Engine, scripts: Path, act: Callable[[Config], None]) -> None:
    """Retry a step that gets no lock at once, so that callers go first."""
    tries = 0
    while not _is_done(engine, scripts, act, is_last=tries >= _TRIES):
        tries += 1
        time.sleep(_PAUSE_SECONDS)


def _is_done(
    engine: sa.Engine, scripts: Path, act: Callable[[Config], None], *, is_last: bool
) -> bool:
    """False if a lock was not available and the step can be retried."""
    try:
        _run(engine, scripts, act)
    except sa.exc.OperationalError as error:
        if is_last or not _is_about_locks(error):
            raise
        return False
    return True


def _is_about_locks(error: sa.exc.OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", "") == _LOCK_NOT_AVAILABLE or "is locked" in str(error)


def _run(engine: sa.Engine, scripts: Path, act: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    with engine.connect() as connection:
        connection.detach()  # closed at the end, which also drops the short timeout of env.py
        config.attributes["connection"] = connection
        act(config)
        connection.commit()
