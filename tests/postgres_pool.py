"""Migrated PostgreSQL databases that tests borrow: to empty one is far cheaper than to make one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa

from tests.hotline import ledger_for

TEMPLATE = "template_of_hotline"
_SHAPE = """
    SELECT relname::text, attname::text, atttypid::int8, attnotnull
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped
    UNION ALL SELECT tgname::text, '', tgfoid::int8, true FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT array_to_string(setconfig, ','), '', 0, true
    FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
    WHERE datname = current_database()
    ORDER BY 1, 2
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_NO_TRIGGERS = "SET session_replication_role = replica"


class Pool:
    """The databases of one test process; each test gets one as the migrations left it."""

    def __init__(self, server: sa.URL) -> None:
        self._server = server
        self._free: list[str] = []
        self._connections: dict[str, psycopg.Connection] = {}
        """URL -> our own connection, which stays: the first look at each table is the slow one."""
        self._migrated: Migrated | None = None

    def borrow(self) -> str:
        """The URL of a database that nobody else uses."""
        if self._free:
            return self._free.pop()
        name = f"test_{uuid.uuid4().hex}"
        create(self._server, name, template=TEMPLATE)
        url = self._server.set(database=name).render_as_string(hide_password=False)
        if self._migrated is None:  # not looked at in the template, which must have no visitors
            with _connected(url) as connection:
                self._migrated = Migrated.in_(connection)
        return url

    def give_back(self, url: str) -> None:
        """Empty it for the next test, or drop it where a test changed more than its rows."""
        Path(ledger_for(url)).unlink(missing_ok=True)
        if self._is_made_anew(url):
            self._free.append(url)
            return
        if kept := self._connections.pop(url, None):
            kept.close()
        drop(self._server, sa.make_url(url).database or "")

    def _is_made_anew(self, url: str) -> bool:
        try:
            connection = self._connections.get(url) or _connected(url)
            self._connections[url] = connection
            connection.execute(_END_OTHERS)
            return bool(self._migrated and self._migrated.is_made_again_in(connection))
        except psycopg.Error:
            return False

    def closes(self) -> None:
        """The end of the process: the databases end with their server."""
        for connection in self._connections.values():
            connection.close()


@dataclass(frozen=True)
class Migrated:
    """What the migrations leave: the form of every table, and the rows of a few."""

    shape: list[tuple[object, ...]]
    rows: Mapping[str, bytes]
    """Table -> its rows as COPY writes them."""
    emptying: str

    @classmethod
    def in_(cls, connection: psycopg.Connection) -> Migrated:
        """What this database is like."""
        tables = [name for (name,) in connection.execute(_TABLES)]
        sequences = [name for (name,) in connection.execute(_SEQUENCES)]
        rows = {name: kept for name in tables if (kept := _copied(connection, name))}
        emptying = [f'DELETE FROM "{name}"' for name in tables]
        emptying += [f"SELECT setval('{name}', 1, false)" for name in sequences]
        return cls(_shape(connection), rows, "; ".join([_NO_TRIGGERS, *emptying]))

    def is_made_again_in(self, connection: psycopg.Connection) -> bool:
        """Whether this database is the same again; one of another form cannot be made so."""
        if _shape(connection) != self.shape:
            return False
        connection.execute(self.emptying)
        for name, kept in self.rows.items():
            with connection.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
                copy.write(kept)
        return True


def create(server: sa.URL, name: str, template: str | None = None) -> None:
    """Make a database; where none is to copy, an empty one."""
    run(server, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))


def drop(server: sa.URL, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def run(server: sa.URL, statement: str) -> None:
    """Tell the server something."""
    with _connected(server.render_as_string(hide_password=False)) as connection:
        connection.execute(statement)


def _connected(url: str) -> psycopg.Connection:
    plain = sa.make_url(url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


def _shape(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute(_SHAPE).fetchall()


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)
