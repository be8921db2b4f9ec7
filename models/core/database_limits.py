"""How close the database is to its limits."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.core.base import Base
from models.core.database import Database

_CONNECTIONS = """
    SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
"""
LAST_ID = 2**63 - 1
"""Both databases count ids in 64 bits."""


def share_of_ids_used(session: Session) -> dict[str, float]:
    """For each table with a counted id, the share of ids in use, from 0 to 1."""
    shares = {}
    for table in Base.metadata.sorted_tables:
        counted = table.autoincrement_column
        if counted is not None and counted.autoincrement is True:
            last = session.scalar(sa.select(sa.func.max(counted))) or 0
            shares[table.name] = last / LAST_ID
    return shares


def size_in_bytes(session: Session) -> int:
    """The size of the database without its log."""
    if session.get_bind().dialect.name == "sqlite":
        pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        return int(session.scalar(sa.text(pages)) or 0)
    return int(session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)


@dataclass(frozen=True)
class ServerConnections:
    """The connections of a database server, whoever uses them."""

    used: int
    most: int


def connections(session: Session) -> ServerConnections | None:
    """How many connections the server has, and may have; None for a file."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    used, most = session.execute(sa.text(_CONNECTIONS)).one()
    return ServerConnections(used, most)


def share_of_disk_used(database: Database) -> float | None:
    """The used share of the disk under a SQLite file, from 0 to 1; None on other databases."""
    file = database.engine.url.database
    if database.engine.dialect.name != "sqlite" or not file:
        return None
    usage = shutil.disk_usage(Path(file).parent)
    return 1 - usage.free / usage.total
