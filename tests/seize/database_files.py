"""Where the bytes of a database are, with everything that it keeps beside its rows."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from models.core.database import Database

TABLES, LOG = "the database's files", "its write-ahead log"


def log_begins(database: Database) -> str:
    """The first file of PostgreSQL's write-ahead log to look at, if others use the server too."""
    if database.engine.dialect.name == "sqlite":
        return ""
    with database.engine.connect() as connection:
        return str(connection.scalar(sa.text("SELECT pg_walfile_name(pg_current_wal_lsn())")))


def of(database: Database, log_from: str = "") -> dict[str, list[Path]]:
    """The files of tables and of the log, everything that is known written to them."""
    if database.engine.dialect.name == "sqlite":
        file = Path(str(database.engine.url.database))
        return {TABLES: [file], LOG: sorted(file.parent.glob(f"{file.name}-*"))}
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sa.text("CHECKPOINT"))
        folder = Path(str(connection.scalar(sa.text("SHOW data_directory"))))
        number = connection.scalar(
            sa.text("SELECT oid FROM pg_database WHERE datname = current_database()")
        )
    written = sorted(each for each in (folder / "pg_wal").glob("[0-9A-F]*") if each.is_file())
    return {
        TABLES: [folder / "base" / str(number)],
        LOG: [each for each in written if each.name >= log_from],
    }
