"""The base class, the column types and the ids that all tables share."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.operators import OperatorType

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


W = TypeVar("W", bound=StrEnum)


class Instant(sa.TypeDecorator[datetime]):
    """An aware UTC instant, independent of how the database handles time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raise ValueError for a time without a zone, which depends on the host."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read the instant as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Rows = TypeVar("Rows", bound=sa.Select[Any])
When = datetime | sa.BindParameter[datetime]
"""An instant, or a bind parameter for one in a prepared statement."""


class _Written(sa.TypeDecorator.Comparator[Any], sa.String.Comparator[Any]):
    """Writes the words of a condition into the statement itself.

    A list of bound values is expanded again at each execution, which takes longer
    than the statement. The words are few, and they are identifiers of ours.
    """

    def operate(self, op: OperatorType, *other: Any, **options: Any) -> sa.ColumnElement[Any]:
        """The condition; a word that comes as a bound value stays one."""
        return super().operate(op, *(_written(each) for each in other), **options)


def _written(value: object) -> object:
    if isinstance(value, StrEnum):
        return sa.literal_column(f"'{value}'", sa.String())
    if isinstance(value, list | tuple | set | frozenset):
        return [_written(each) for each in value]
    return value


class Word(sa.TypeDecorator[W]):
    """One word of a closed set, stored as text.

    An unknown word was written by a newer release during a deploy. It is returned unchanged, so
    that no row becomes unreadable.
    """

    impl = sa.String
    cache_ok = True
    comparator_factory = _Written

    def __init__(self, words: type[W], length: int) -> None:
        super().__init__(length)
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The word as plain text, because drivers store enum members differently."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> W | None:
        """The member of the set, or the unknown word itself."""
        if value is None:
            return None
        try:
            return self.words(value)
        except ValueError:
            return cast(W, value)


class Base(DeclarativeBase):
    """The base class of all tables; the Python type of a field decides how it is stored."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy requires a plain dict
        datetime: Instant(),
        bytes: sa.LargeBinary(),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
        int: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
    }


def to_hold(
    query: Rows, *, key_share: bool = False, skip_locked: bool = False, of: type[Base] | None = None
) -> Rows:
    """The same query, but it locks its rows until the transaction ends and reads them again.

    What the session read before can be outdated: another transaction may have held the rows.
    """
    held = query.with_for_update(key_share=key_share, skip_locked=skip_locked, of=of)
    return held.execution_options(populate_existing=True)


def new_id() -> str:
    """A random id of 128 bits: safe in a URL, and no id can be guessed from another."""
    return secrets.token_hex(16)
