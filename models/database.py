"""Where the hotline remembers: SQLite for one host, PostgreSQL for many, the same code for both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as new_sqlite

from models.vault import Vault

__all__ = ["Database", "Session", "vault_of"]

BUSY_MILLISECONDS = 5_000
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a promise is made only after a real sync
    f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # it does not outlive a connection, so each one asks for it
)


class Database:
    """One database, its vault, and the only way to write to it: a transaction."""

    def __init__(self, url: str, vault: Vault) -> None:
        """Open the database at an SQLAlchemy URL; `postgresql://` is taken to mean psycopg 3."""
        self.url = url
        self.vault = vault
        self.engine = _engine(url)
        # SQLite's own waiting is unfair and slow; a process-wide lock keeps the tail short.
        self._writing: threading.Lock | nullcontext[None] = (
            threading.Lock() if self.engine.dialect.name == "sqlite" else nullcontext()
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All or nothing: committed when the block ends, rolled back when it raises."""
        with (
            self._writing,
            Session(self.engine, info={"vault": self.vault}) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look that changes nothing and waits for nobody."""
        options = {"reading": True}
        with (
            self.engine.connect().execution_options(**options) as connection,
            Session(connection, info={"vault": self.vault}) as session,
        ):
            yield session
            session.expunge_all()  # rows stay readable after the look

    def scrub(self) -> bool:
        """Leave no copy of what was deleted in the write-ahead log; False while a reader is at it.

        On PostgreSQL dead rows, its log and its replicas keep copies that only they can drop;
        what is sealed in them goes with the key that sealed it.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with self._writing, self.engine.connect() as connection:
            raw = connection.connection.cursor()
            busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def vault_of(session: Session) -> Vault:
    """The vault of the database that this session writes to."""
    vault: Vault = session.info["vault"]
    return vault


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return sa.create_engine(
        parsed, pool_pre_ping=True, pool_size=10, connect_args={"connect_timeout": 3}
    )


def _sqlite(url: sa.URL) -> Engine:
    """SQLite by the newer library of the sqlcipher3 wheel: 3.7.0 to 3.51.2 may corrupt a WAL."""
    if url.database and url.database != ":memory:":
        Path(url.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, module=new_sqlite, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: sa.Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
