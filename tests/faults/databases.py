"""Ways in which a database fails while callers are on the line; each one is real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlcipher3 import dbapi2 as new_sqlite

from models.core.database import Database

Trouble = Callable[[Database], AbstractContextManager[None]]


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another process holds the lock that every webhook needs to write."""
    if _is_sqlite(database):
        other = new_sqlite.connect(database.engine.url.database)
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
        other.close()
        return
    engine = sa.create_engine(database.engine.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE calls, rings, errands IN ACCESS EXCLUSIVE MODE")
        yield
    engine.dispose()


@contextmanager
def down(database: Database) -> Iterator[None]:
    """The database is gone: its file is moved away, or the server refuses connections."""
    if _is_sqlite(database):
        file = Path(database.engine.url.database or "")
        database.engine.dispose()
        moved = [
            (each, each.rename(each.with_name(f"away-{each.name}")))
            for each in file.parent.glob(f"{file.name}*")
        ]
        file.mkdir()
        yield
        file.rmdir()
        for place, away in moved:
            away.rename(place)
        database.engine.dispose()
        return
    name = database.engine.url.database
    _tell_server(
        database,
        f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false',
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND pid <> pg_backend_pid()",
    )
    yield
    _tell_server(database, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


@contextmanager
def read_only(database: Database) -> Iterator[None]:
    """Rows can be read, but not written."""
    if _is_sqlite(database):
        with _said_to_each_connection(database, "PRAGMA query_only=ON"):
            yield
        return
    name = database.engine.url.database
    setting = f'ALTER DATABASE "{name}" SET default_transaction_read_only = '
    _tell_server(database, setting + "on")
    database.engine.dispose()
    yield
    _tell_server(database, setting + "off")
    database.engine.dispose()


@contextmanager
def _said_to_each_connection(database: Database, pragma: str) -> Iterator[None]:
    def say(connection: object, _record: object) -> None:
        connection.execute(pragma)  # type: ignore[attr-defined]  # the driver's own connection

    database.engine.dispose()
    event.listen(database.engine, "connect", say)
    yield
    event.remove(database.engine, "connect", say)
    database.engine.dispose()


def _is_sqlite(database: Database) -> bool:
    return database.engine.dialect.name == "sqlite"


def _tell_server(database: Database, *statements: str) -> None:
    engine = sa.create_engine(
        database.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
