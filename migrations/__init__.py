"""Migrations of the tables; each step is reversible with rows in them."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from models.core.database import LOCK

_HERE = Path(__file__).parent
_TRIES = 120
_PAUSE_SECONDS = 0.5
LOCK_PATIENCE = timedelta(seconds=0.5)
"""While a migration waits for a lock, every caller's webhook waits behind it."""
NO_ANSWER = sa.exc.DBAPIError
"""What `is_current` and `revision_of` raise when the database is away."""
_VERSIONS = "alembic_version"
_NAMED = re.compile(r'^(revision|down_revision) = "(\w+)"$', re.MULTILINE)
_LOCK_NOT_AVAILABLE = "55P03"


def upgrade(engine: sa.Engine, revision: str = "head", scripts: Path = _HERE) -> None:
    """Migrate the tables forward to a revision while calls continue."""
    _patiently(engine, scripts, "upgrade", revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Migrate the tables back to a revision; keeps whatever that revision can hold."""
    _patiently(engine, _HERE, "downgrade", revision)


def is_current(engine: sa.Engine) -> bool:
    """Whether this version of the code can work with the tables.

    An unknown revision is a newer one. Its additions do not disturb this code, so in a deploy the
    tables can be migrated before the code (CONTRIBUTING.md).
    """
    found = revision_of(engine)
    return found is not None and (found == newest() or not knows(found))


def revision_of(engine: sa.Engine) -> str | None:
    """The revision of the tables; None if there are none."""
    with engine.connect().execution_options(reading=True) as connection:
        if not sa.inspect(connection).has_table(_VERSIONS):
            return None
        found = connection.scalar(
            sa.select(sa.column("version_num")).select_from(sa.table(_VERSIONS))
        )
        return None if found is None else str(found)


def newest() -> str:
    """The newest revision that this version of the code knows."""
    known = _known()
    (head,) = known.keys() - known.values()
    return head


def knows(revision: str) -> bool:
    """Whether this version of the code can migrate tables of this revision."""
    return revision in _known()


def comes_after(revision: str, earlier: str) -> bool:
    """Whether a revision that we know was made after another one."""
    known = _known()
    while revision := known.get(revision, ""):
        if revision == earlier:
            return True
    return False


@cache
def _known() -> dict[str, str]:
    """Each revision and the one before it, read from the files: Alembic is slow to import."""
    found = {}
    for file in (_HERE / "versions").glob("*.py"):
        names = dict(_NAMED.findall(file.read_text(encoding="utf-8")))
        if "revision" in names:
            found[names["revision"]] = names.get("down_revision", "")
    return found


def _patiently(engine: sa.Engine, scripts: Path, act: str, revision: str) -> None:
    """Retry a step that gets no lock at once, so that callers go first."""
    tries = 0
    while not _is_done(engine, scripts, act, revision, is_last=tries >= _TRIES):
        tries += 1
        time.sleep(_PAUSE_SECONDS)


def _is_done(engine: sa.Engine, scripts: Path, act: str, revision: str, *, is_last: bool) -> bool:
    """False if a lock was not available and the step can be retried."""
    try:
        _run(engine, scripts, act, revision)
    except sa.exc.OperationalError as error:
        if is_last or not _is_about_locks(error):
            raise
        return False
    return True


def _is_about_locks(error: sa.exc.OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", "") == _LOCK_NOT_AVAILABLE or "is locked" in str(error)


def _run(engine: sa.Engine, scripts: Path, act: str, revision: str) -> None:
    from alembic import command  # slow; a web process that starts again asks only `is_current`
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts))
    with engine.connect().execution_options(**{LOCK: LOCK_PATIENCE}) as connection:
        connection.detach()  # closed at the end, which also drops the short timeout of env.py
        config.attributes["connection"] = connection
        getattr(command, act)(config, revision)
        connection.commit()
