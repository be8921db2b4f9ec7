"""Copies of the whole database: SQLite's online backup, PostgreSQL's own tools."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlcipher3 import dbapi2 as new_sqlite

from models.core.database import Database, unlock

_FRESH = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"


class CannotCopy(Exception):
    """The copy could not be made or read; the text says what to do."""


def kind_of(url: str) -> str:
    """The backend of a URL: "sqlite" or "postgresql"."""
    return sa.make_url(url).get_backend_name().replace("postgres", "postgresql")[:10]


def copy_out(database: Database, file: Path) -> dict[str, int]:
    """Copy the database into a file while others write to it; returns the rows of each table."""
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:
            if database.vault.ring.database_key() is None:
                target = new_sqlite.connect(str(file))
                _raw(connection).backup(target)
                target.close()
            else:
                _decrypted(_raw(connection), file)
        return _rows_in_file(file)
    return _dumped(database, file)


def rows_in(connection: sa.Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0
        for table in sa.inspect(connection).get_table_names()
    }


@contextmanager
def empty_place(database: Database) -> Iterator[str]:
    """The URL of an empty database beside a PostgreSQL one, until the block ends."""
    url, name = database.engine.url, f"restore_drill_{secrets.token_hex(6)}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            connection.execute(_ddl("CREATE DATABASE %(name)s", name))
    except sa.exc.DBAPIError as error:
        raise CannotCopy(
            f"no empty database can be made beside this one ({type(error.orig).__name__}): let the "
            "role do so (ALTER ROLE ... CREATEDB), or name an empty one with --into"
        ) from error
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(_ddl("DROP DATABASE %(name)s", name))


def _ddl(words: str, name: str) -> sa.DDL:
    return sa.DDL(words, context={"name": name})  # type: ignore[no-untyped-call]  # SQLAlchemy's


def must_be_whole(file: Path) -> None:
    """Raise CannotCopy unless a SQLite file is intact."""
    connection = new_sqlite.connect(str(file))
    try:
        (found,) = connection.execute("PRAGMA integrity_check").fetchone()
    except new_sqlite.DatabaseError as error:
        raise CannotCopy("the copy in the backup is damaged") from error
    finally:
        connection.close()
    if found != "ok":
        raise CannotCopy(f"the copy in the backup is damaged: {found}")


def copy_in(file: Path, database: Database) -> None:
    """Replace the whole content of the database with a copy, in one step."""
    if database.engine.dialect.name == "sqlite":
        key = database.vault.ring.database_key()
        source = new_sqlite.connect(str(file if key is None else _encrypted(file, key)))
        unlock(source, key)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            source.backup(_raw(connection))
        source.close()
        if key is not None:
            _sealed_beside(file).unlink()
        return
    command = ["psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    _run(database.engine.url, [*command, f"--command={_FRESH}", f"--file={file}"])


def _rows_in_file(file: Path) -> dict[str, int]:
    engine = sa.create_engine(f"sqlite:///{file}", module=new_sqlite, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return rows_in(connection)


def _dumped(database: Database, file: Path) -> dict[str, int]:
    """The dump and the counts are of one snapshot."""
    engine = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection, file.open("wb") as out:
        snapshot = connection.scalar(sa.select(sa.func.pg_export_snapshot()))
        command = ["pg_dump", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        _run(database.engine.url, command, out=out)
        return rows_in(connection)


def _decrypted(source: Any, file: Path) -> None:
    """SQLCipher's own way: the online backup cannot change between plain and encrypted."""
    file.unlink(missing_ok=True)  # it must be new
    source.execute("ATTACH DATABASE ? AS plain KEY ''", (str(file),))
    try:
        source.execute("SELECT sqlcipher_export('plain')")
    finally:
        source.execute("DETACH DATABASE plain")


def _encrypted(file: Path, key: bytes) -> Path:
    """The same content in an encrypted file beside it."""
    sealed = _sealed_beside(file)
    sealed.unlink(missing_ok=True)
    source = new_sqlite.connect(str(file))
    try:
        source.execute("ATTACH DATABASE ? AS sealed KEY \"x'" + key.hex() + "'\"", (str(sealed),))
        source.execute("SELECT sqlcipher_export('sealed')")
        source.execute("DETACH DATABASE sealed")
    finally:
        source.close()
    return sealed


def _sealed_beside(file: Path) -> Path:
    return file.with_name(f"{file.name}-sealed")


def _raw(connection: sa.Connection) -> Any:
    """The driver's connection, which has the backup function."""
    return connection.connection.driver_connection


def _run(url: sa.URL, command: Sequence[str], *, out: BinaryIO | None = None) -> None:
    """Run a PostgreSQL tool; the password is in the environment, hidden from `ps`."""
    tool = shutil.which(command[0])
    if tool is None:
        raise CannotCopy(
            f"{command[0]} is not on the PATH: install PostgreSQL's client tools, "
            "at least as new as the server (Debian: postgresql-client)"
        )
    done = subprocess.run(  # noqa: S603 - a tool found above, arguments of our own
        [tool, *command[1:]],
        env={**os.environ, **_environment(url)},
        stdin=subprocess.DEVNULL,
        stdout=out or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[0]
        raise CannotCopy(f"{command[0]} failed: {last}")


def _environment(url: sa.URL) -> dict[str, str]:
    host = url.host or url.query.get("host")
    said = {
        "PGHOST": host if isinstance(host, str) else None,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {name: str(value) for name, value in said.items() if value}
