"""How the tables came to be, step by step, each step reversible with rows in them."""

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
    """Bring the tables forward to a revision, while calls go on."""
    _patiently(engine, scripts, lambda config: command.upgrade(config, revision))


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Bring the tables back to a revision, keeping what it can hold."""
    _patiently(engine, _HERE, lambda config: command.downgrade(config, revision))


def is_current(engine: sa.Engine) -> bool:
    """Whether this version of the code can work on the tables.

    A revision that it does not know is a newer one: what is added there does not disturb it, so
    that in a deploy the tables may go ahead of the code (CONTRIBUTING.md).
    """
    found = revision_of(engine)
    return found is not None and (found == newest() or not knows(found))


def revision_of(engine: sa.Engine) -> str | None:
    """The revision that the tables are at; None when there are none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this version of the code brings tables to."""
    return str(ScriptDirectory(str(_HERE)).get_current_head())


def knows(revision: str) -> bool:
    """Whether this version of the code can bring such tables up to date."""
    known = {script.revision for script in ScriptDirectory(str(_HERE)).walk_revisions()}
    return revision in known


def _patiently(engine: sa.Engine, scripts: Path, act: Callable[[Config], None]) -> None:
    """A step that cannot have its lock at once lets the callers go first, and comes again."""
    tries = 0
    while not _is_done(engine, scripts, act, is_last=tries >= _TRIES):
        tries += 1
        time.sleep(_PAUSE_SECONDS)


def _is_done(
    engine: sa.Engine, scripts: Path, act: Callable[[Config], None], *, is_last: bool
) -> bool:
    """False when a lock was not to be had and it may be tried again."""
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
        connection.detach()  # closed at the end, and with it the short patience that env.py sets
        config.attributes["connection"] = connection
        act(config)
        connection.commit()
