"""Whether somebody keeps the write lock of a SQLite file, as a stopped process does."""

from __future__ import annotations

import time
from pathlib import Path

import sqlalchemy as sa
from sqlcipher3 import dbapi2 as driver

KEPT_SECONDS = 1.0
"""Longer than any transaction of ours."""


class WriteLock:
    """Looks at the lock of one database; that of PostgreSQL is never held as a whole."""

    def __init__(self, url: str) -> None:
        parsed = sa.make_url(url)
        is_file = parsed.get_backend_name() == "sqlite"
        self._file = Path(parsed.database or "") if is_file else None
        self._held_since: float | None = None

    @property
    def is_kept(self) -> bool:
        """Whether nobody could write for longer than any transaction lasts."""
        if self._file is None:
            return False
        if self._is_free(self._file):
            self._held_since = None
            return False
        self._held_since = self._held_since or time.monotonic()
        return time.monotonic() - self._held_since >= KEPT_SECONDS

    def _is_free(self, file: Path) -> bool:
        connection = driver.connect(str(file), timeout=0, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except driver.OperationalError:
            return False
        else:
            return True
        finally:
            connection.close()
