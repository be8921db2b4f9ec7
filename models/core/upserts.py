"""Writes that meet a row which is there already, in one statement and without a savepoint."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.core.base import Base

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert


def add_unless_known(session: Session, table: type[Base], **values: Any) -> None:
    """Add a row; no effect if one with the same unique columns is there.

    If another transaction is adding the same row, this waits for its end.
    """
    session.flush()  # rows that this one refers to
    session.connection().execute(_unless_known(_dialect(session), table), values)


def add_or_replace(session: Session, table: type[Base], **values: Any) -> None:
    """Add a row, or give the one with the same primary key these values."""
    statement = _or_replace(_dialect(session), table, frozenset(values))
    session.connection().execute(statement, values)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


@cache
def _unless_known(dialect: str, table: type[Base]) -> sa.Insert:
    statement: sa.Insert = _insert(dialect, table).on_conflict_do_nothing()
    return statement


@cache
def _or_replace(dialect: str, table: type[Base], names: frozenset[str]) -> sa.Insert:
    insert = _insert(dialect, table)
    keys = [column.name for column in sa.inspect(table).primary_key]
    changed = {name: insert.excluded[name] for name in sorted(names.difference(keys))}
    statement: sa.Insert = insert.on_conflict_do_update(index_elements=keys, set_=changed)
    return statement


def _insert(dialect: str, table: type[Base]) -> Insert:
    """Each kind of database has an insert of its own; only the one in use is loaded."""
    module = import_module(f"sqlalchemy.dialects.{dialect}")
    insert: Insert = module.insert(table.__table__)
    return insert
