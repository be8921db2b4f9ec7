"""Where the hotline remembers: SQLite for one host, PostgreSQL for many, the same code for both."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as new_sqlite

from models.core.vault import Vault

__all__ = [
    "WEB",
    "WORKER",
    "Away",
    "Broken",
    "Database",
    "Patience",
    "Session",
    "ask_again",
    "once",
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
"""A caller hears "one moment" after this long; the carrier itself gives up after 5 s."""
SCRUB = timedelta(seconds=0.25)
"""Nobody can write while a scrub waits for whoever reads, and a caller may want to."""
_LOOK_AGAIN_SECONDS = (0.0005, 0.004)
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a promise is made only after a real sync
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # it does not outlive a connection, so each one asks for it
)
_OURS = (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError)
"""What the database says of our own mistakes; everything else means that it cannot serve now."""


class Away(Exception):
    """The database is locked, down, full, read-only or broken: nothing was remembered."""


class Broken(Away):
    """The disk failed under the database: what this process holds of it cannot be trusted."""


class Database:
    """One database, its vault, and the only way to write to it: a transaction."""

    def __init__(self, url: str, vault: Vault, patience: Patience = WORKER) -> None:
        """Open the database at an SQLAlchemy URL; `postgresql://` is taken to mean psycopg 3.

        `patience` bounds each wait for a lock, a connection or an answer; after it, `Away`.
        """
        self.url = url
        self.vault = vault
        self.engine = _engine(url, patience)
        self._kept: dict[str, Any] = {}
        """What was computed from rows and holds until they change; losing it costs only time."""
        # SQLite's own waiting is unfair and slow; a process-wide lock keeps the tail short.
        self._writing: AbstractContextManager[None] = (
            _Turns(patience.lock) if self.engine.dialect.name == "sqlite" else nullcontext()
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """All or nothing: committed when the block ends, rolled back when it raises."""
        with (
            _plainly(),
            self._writing,
            _Session(self.engine, info=self._info) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A look that changes nothing and waits for nobody."""
        options = {"reading": True}
        with (
            _plainly(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),  # after a rollback the driver would forget what it has prepared
            _Session(connection, info=self._info, autoflush=False) as session,
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
        with _plainly(), self._writing, self.engine.connect() as connection:
            connection.detach()  # closed at the end, and with it this short patience
            raw = connection.connection.cursor()
            raw.execute(f"PRAGMA busy_timeout={_milliseconds(SCRUB)}")
            busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy

    @property
    def _info(self) -> dict[str, Any]:
        return {"vault": self.vault, "kept": self._kept}

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


def vault_of(session: Session) -> Vault:
    """The vault of the database that this session writes to."""
    vault: Vault = session.info["vault"]
    return vault


class _Session(Session):
    """One that keeps what it has read: what is asked for by its id again is not fetched again."""

    def __init__(self, bind: Engine | sa.Connection, **options: Any) -> None:
        super().__init__(bind, **options)
        self._rows: list[object] = []

    def keep(self, row: object) -> None:
        """Let nothing be forgotten only because nobody names it at this moment."""
        self._rows.append(row)


for _known in ("loaded_as_persistent", "pending_to_persistent"):
    event.listen(_Session, _known, _Session.keep)


def once(session: Session, what: str, ask: Callable[[], T]) -> T:
    """What holds for as long as a transaction lasts, asked of the database once in it."""
    asked: dict[str, T] = session.info.setdefault("asked", {})
    if what not in asked:
        asked[what] = ask()
    return asked[what]


def ask_again(session: Session, what: str) -> None:
    """It changed within this transaction."""
    session.info.get("asked", {}).pop(what, None)


class _Turns:
    """One writer at a time in this process; whoever waits too long is told so."""

    def __init__(self, wait: timedelta) -> None:
        self._seconds = wait.total_seconds()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._seconds):
            raise Away("another writer of this process holds the database")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


@contextmanager
def _plainly() -> Iterator[None]:
    """Say once, at the edge, that the database is away; our own mistakes rise as they are."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if isinstance(error, _OURS):
            raise
        away = Broken if "disk i/o error" in str(error.orig).lower() else Away
        raise away(type(error.orig).__name__) from error
    except sa.exc.TimeoutError as error:
        raise Away("every connection is in use") from error


def _engine(url: str, patience: Patience) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, patience)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return _postgresql(parsed, patience)


def _postgresql(url: sa.URL, patience: Patience) -> Engine:
    options = f"-c lock_timeout={_milliseconds(patience.lock)}"
    if patience.answer:
        options += f" -c statement_timeout={_milliseconds(patience.answer)}"
    return sa.create_engine(
        url,
        pool_pre_ping=True,
        pool_size=10,
        pool_timeout=patience.lock.total_seconds(),
        connect_args={
            "connect_timeout": 2,  # seconds, the shortest that libpq knows
            "tcp_user_timeout": _milliseconds(patience.lock),
            "options": options,
        },
    )


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def _sqlite(url: sa.URL, patience: Patience) -> Engine:
    """SQLite by the newer library of the sqlcipher3 wheel: 3.7.0 to 3.51.2 may corrupt a WAL."""
    if url.database and url.database != ":memory:":
        Path(url.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, module=new_sqlite, connect_args={"check_same_thread": False})
    busy = f"PRAGMA busy_timeout={_milliseconds(patience.lock)}"

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
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
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # says what is wrong
        finally:
            raw.execute(busy)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _took_its_turn(raw: Any, wait: timedelta) -> bool:
    """Begin to write once no other process does; False when that takes too long, or cannot be.

    SQLite's own waiting looks less and less often, in the end every 100 ms: where several processes
    write in turn, whoever has waited long finds the file free least of all.
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
