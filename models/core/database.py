"""The database: SQLite for one host, PostgreSQL for several, with the same code."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as new_sqlite

from models.core.listeners import NOBODY, Listeners
from models.core.vault import Vault
from models.keys.root_keys import Locked

__all__ = [
    "WEB",
    "WORKER",
    "Away",
    "Broken",
    "Connections",
    "Database",
    "Patience",
    "Session",
    "Shut",
    "ask_again",
    "once",
    "unlock",
    "vault_of",
]

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long to wait for a lock or a connection, and for the answer to one statement."""

    lock: timedelta
    answer: timedelta | None


WORKER = Patience(lock=timedelta(seconds=5), answer=None)
WEB = Patience(lock=timedelta(seconds=1.5), answer=timedelta(seconds=1.5))
"""After this time the caller hears "one moment"; the carrier itself gives up after 5 s."""
TURN = timedelta(seconds=0.2)
"""How long a writer waits for its turn while another process keeps the file locked."""
SCRUB = timedelta(seconds=0.25)
"""Short, because a scrub blocks all writers while it waits for readers."""
LOCK = "lock"
"""The option of a connection that waits for locks longer or shorter than its engine does."""
_SET_LOCAL = (
    "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)"
)
_LOOK_AGAIN_SECONDS = (0.0005, 0.004)
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a promise is spoken only after the data is on disk
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # not stored in the file: each connection sets it
)
_OURS = (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError)
"""Errors that our own bugs cause; any other error means the database cannot serve now."""


@dataclass(frozen=True)
class Connections:
    """How this process uses a PostgreSQL server, or a pooler in front of it."""

    most: int = 16
    """One for each thread that may need one; further threads wait."""
    prepared: bool = True
    """Whether statements are prepared; a pooler that hands a connection on each transaction may
    not know them."""


class Away(Exception):
    """The database is locked, down, full, read-only or broken: nothing was stored."""


class Shut(Away):
    """The line is locked: nothing of the database is read or written."""


class Broken(Away):
    """The disk failed under the database: what this process has cached cannot be trusted."""


class Database:
    """One database and its vault; all writes go through a transaction."""

    def __init__(
        self,
        url: str,
        vault: Vault,
        patience: Patience = WORKER,
        connections: Connections = Connections(),
        listeners: Listeners = NOBODY,
        *,
        is_plain: bool = False,
    ) -> None:
        """Open the database at an SQLAlchemy URL; `postgresql://` means psycopg 3.

        `patience` limits each wait for a lock, a connection or an answer, then `Away` is raised.
        `is_plain`: a SQLite file that is not encrypted, whatever the keys say.
        """
        self.url = url
        self.vault = vault
        self.listeners = listeners
        self.connections = connections
        self.engine = _engine(
            url, patience, connections, (lambda: None) if is_plain else vault.ring.database_key
        )
        self.reading_engine = self.engine.execution_options(reading=True)
        """The same connections, for transactions that write nothing."""
        self._kept: dict[str, Any] = {}
        """Values computed from rows, valid until the rows change; losing them only costs time."""
        # SQLite's own waiting is unfair and slow; a process-wide lock keeps the tail short.
        self._writing: AbstractContextManager[None] = (
            _Turns(patience.lock) if self.engine.dialect.name == "sqlite" else nullcontext()
        )

    @contextmanager
    def transaction(self, *, even_locked: bool = False) -> Iterator[Session]:
        """A transaction: committed when the block ends, rolled back when it raises.

        `even_locked`: it opens no sealed value, so it may be held while the line is locked, unless
        the file is encrypted as a whole. Otherwise Shut is raised then.
        """
        self._must_serve(even_locked=even_locked)
        with (
            _plainly(),
            self._writing,
            _Session(self.engine, info=self._info) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self, *, even_locked: bool = False) -> Iterator[Session]:
        """A read-only transaction that waits for no lock; `even_locked` is as above."""
        self._must_serve(even_locked=even_locked)
        with (
            _plainly(),
            _Session(self.reading_engine, info=self._info, autoflush=False) as session,
            session.begin(),  # after a rollback the driver would discard its prepared statements
        ):
            yield session
            session.expunge_all()  # rows stay readable after the block, and the commit writes none

    def scrub(self) -> bool:
        """Remove deleted data from the write-ahead log; False while a reader blocks it.

        On PostgreSQL only the server can remove copies in dead rows, its log and its replicas.
        Sealed values in them become unreadable when their key is deleted.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with _plainly(), self._writing, self.engine.connect() as connection:
            connection.detach()  # closed at the end, which also drops the short timeout
            raw = connection.connection.cursor()
            raw.execute(f"PRAGMA busy_timeout={_milliseconds(SCRUB)}")
            busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None on PostgreSQL."""
        name = self.engine.url.database
        return Path(name) if name and self.engine.dialect.name == "sqlite" else None

    def _must_serve(self, *, even_locked: bool) -> None:
        if self.vault.ring.is_shut and not (even_locked and self._opens_without_keys):
            raise Shut

    @property
    def _opens_without_keys(self) -> bool:
        """A file that a panic purge removed, with its key, must not be made again by looking."""
        if self.file is None:
            return True
        is_there = self.file.exists() and self.file.stat().st_size > 0
        return is_there and not self.vault.ring.encrypts_database

    @property
    def _info(self) -> dict[str, Any]:
        return {"vault": self.vault, "kept": self._kept, "listeners": self.listeners}

    @property
    def connections_used(self) -> int:
        """How many connections of this process are in use, its caller's own one among them."""
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, sa.QueuePool) else 0

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def vault_of(session: Session) -> Vault:
    """The vault of the database of this session."""
    vault: Vault = session.info["vault"]
    return vault


class _Session(Session):
    """A session that keeps all rows it has read, so a second look-up by id needs no query."""

    def __init__(self, bind: Engine | sa.Connection, **options: Any) -> None:
        super().__init__(bind, **options)
        self._rows: list[object] = []

    def keep(self, row: object) -> None:
        """Hold a reference: SQLAlchemy drops rows that nothing refers to."""
        self._rows.append(row)


for _known in ("loaded_as_persistent", "pending_to_persistent"):
    event.listen(_Session, _known, _Session.keep)


def once(session: Session, what: str, ask: Callable[[], T]) -> T:
    """Compute a value that is constant within a transaction, once per transaction."""
    asked: dict[str, T] = session.info.setdefault("asked", {})
    if what not in asked:
        asked[what] = ask()
    return asked[what]


def ask_again(session: Session, what: str) -> None:
    """Forget a value of `once` because it changed within this transaction."""
    session.info.get("asked", {}).pop(what, None)


class _Turns:
    """One writer at a time in this process; raises Away after `wait`.

    While another process keeps the file locked, one writer at a time waits for it. The others give
    up sooner: each of them holds a thread, and the callers behind it hear nothing.
    """

    def __init__(self, wait: timedelta) -> None:
        self._wait, self._is_locked_out = wait, False
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        wait = min(self._wait, TURN) if self._is_locked_out else self._wait
        if not self._lock.acquire(timeout=wait.total_seconds()):
            raise Away("another writer of this process holds the database")

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        self._is_locked_out = isinstance(error, sa.exc.OperationalError) and "locked" in str(
            error.orig
        )
        self._lock.release()


@contextmanager
def _plainly() -> Iterator[None]:
    """Translate driver errors into Away; errors that our own bugs cause pass unchanged."""
    try:
        yield
    except Locked as error:  # a new connection needs the key of the encrypted file
        raise Shut from error
    except sa.exc.DBAPIError as error:
        if isinstance(error, _OURS):
            raise
        away = Broken if "disk i/o error" in str(error.orig).lower() else Away
        raise away(type(error.orig).__name__) from error
    except sa.exc.TimeoutError as error:
        raise Away("every connection is in use") from error


def _engine(
    url: str, patience: Patience, connections: Connections, key: Callable[[], bytes | None]
) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, patience, key)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return _postgresql(parsed, patience, connections)


def _postgresql(url: sa.URL, patience: Patience, connections: Connections) -> Engine:
    """Waits are bounded in each transaction: a pooler keeps nothing else of a session."""
    connect_args: dict[str, Any] = {
        "connect_timeout": 2,  # seconds, libpq's minimum
        "tcp_user_timeout": _milliseconds(patience.lock),
    }
    if not connections.prepared:
        connect_args["prepare_threshold"] = None
    engine = sa.create_engine(
        url,
        pool_pre_ping=True,
        pool_size=connections.most,
        max_overflow=0,
        pool_timeout=patience.lock.total_seconds(),
        connect_args=connect_args,
    )
    answer = _milliseconds(patience.answer) if patience.answer else 0  # 0: as long as it takes

    def begin(connection: sa.Connection) -> None:
        lock = _milliseconds(connection.get_execution_options().get(LOCK, patience.lock))
        connection.exec_driver_sql(_SET_LOCAL, (f"{lock}ms", f"{answer}ms"))

    event.listen(engine, "begin", begin)
    return engine


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def unlock(connection: Any, key: bytes | None) -> None:
    """Let a new connection of the driver read an encrypted file; its first statement."""
    if key is not None:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")


def _sqlite(url: sa.URL, patience: Patience, key: Callable[[], bytes | None]) -> Engine:
    """SQLite from the sqlcipher3 wheel, because 3.7.0 to 3.51.2 can corrupt a WAL.

    With a key the whole file is encrypted, its journals too.
    """
    if url.database and url.database != ":memory:":
        file = Path(url.database).expanduser()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(OSError):  # a read-only disk is reported where something is written
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))  # its journals copy its mode
    engine = sa.create_engine(url, module=new_sqlite, connect_args={"check_same_thread": False})
    busy = f"PRAGMA busy_timeout={_milliseconds(patience.lock)}"

    def prepare(connection: Any, _record: object) -> None:
        unlock(connection, key())
        connection.isolation_level = None  # we send BEGIN ourselves
        for pragma in (busy, *_PRAGMAS):
            connection.execute(pragma)

    def begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("reading", False):
            connection.exec_driver_sql("BEGIN")
            return
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA busy_timeout=0")
        try:
            if not _took_its_turn(raw, patience.lock):
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises the error
        finally:
            raw.execute(busy)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _took_its_turn(raw: Any, wait: timedelta) -> bool:
    """Start a write transaction; False if `wait` is over or the attempt fails.

    SQLite's own busy handler polls less and less often, down to every 100 ms. When several
    processes write in turn, the one that has waited longest is the least likely to get the lock.
    """
    until = time.monotonic() + wait.total_seconds()
    while True:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except new_sqlite.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                return False
        else:
            return True
        time.sleep(random.uniform(*_LOOK_AGAIN_SECONDS))  # noqa: S311 - so that no two keep step
