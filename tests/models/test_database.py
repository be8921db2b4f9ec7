"""A transaction is all or nothing, and SQLite is as durable and as new as we say."""

from __future__ import annotations

import pytest

from models import line
from models.database import Database
from models.vault import Vault
from tests.conftest import KEY
from tests.hotline import TUESDAY_NIGHT


def fail_halfway(database: Database) -> None:
    """Write, and then fail before the transaction ends."""
    with database.transaction() as session:
        line.beat(session, "worker", TUESDAY_NIGHT)
        raise RuntimeError


def test_what_fails_halfway_leaves_nothing(database_url: str) -> None:
    database = Database(database_url, Vault.from_setting(KEY))
    with pytest.raises(RuntimeError):
        fail_halfway(database)
    with database.reading() as session:
        assert line.last_beat(session) is None
    with database.transaction() as session:
        line.beat(session, "worker", TUESDAY_NIGHT)
    with database.reading() as session:
        assert line.last_beat(session) == TUESDAY_NIGHT
    database.close()


def test_sqlite_syncs_every_promise_and_forgets_what_is_deleted(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db", Vault.from_setting(KEY))
    with database.reading() as session:

        def pragma(name: str) -> object:
            return session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2
        assert pragma("secure_delete") == 1
        assert pragma("foreign_keys") == 1
    assert database.engine.dialect.dbapi.sqlite_version_info >= (3, 51, 3)  # type: ignore[union-attr]  # the driver's own attribute
    database.close()
