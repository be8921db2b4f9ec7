"""What every table is built on."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


W = TypeVar("W", bound=StrEnum)


class Instant(sa.TypeDecorator[datetime]):
    """An aware UTC instant, whatever the database makes of time zones."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: it would mean something else on another host."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same instant, aware again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Rows = TypeVar("Rows", bound=sa.Select[Any])
When = datetime | sa.BindParameter[datetime]
"""An instant, or its place in a statement that is asked often."""


class Word(sa.TypeDecorator[W]):
    """One word of a closed set, stored as text.

    A word that this release does not know was written by a newer one during a deploy: it stays as
    it is, so that no row becomes unreadable.
    """

    impl = sa.String
    cache_ok = True

    def __init__(self, words: type[W], length: int) -> None:
        super().__init__(length)
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The word as plain text: drivers store an enum member in ways of their own."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> W | None:
        """The member of the set."""
        if value is None:
            return None
        try:
            return self.words(value)
        except ValueError:
            return cast(W, value)


class Base(DeclarativeBase):
    """Rows are plain objects; how a field is stored follows from its Python type."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        datetime: Instant(),
        bytes: sa.LargeBinary(),
        dict[str, Any]: sa.JSON(),
        list[str]: sa.JSON(),
        int: sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
    }


def to_hold(
    query: Rows, *, key_share: bool = False, skip_locked: bool = False, of: type[Base] | None = None
) -> Rows:
    """The same rows, held until the transaction ends, and read as they are once they are held.

    What the session had read of them before may be old by then: another held them meanwhile.
    """
    held = query.with_for_update(key_share=key_share, skip_locked=skip_locked, of=of)
    return held.execution_options(populate_existing=True)


def new_id() -> str:
    """A random name of 128 bits: safe in a URL, and no row can be guessed from another's."""
    return secrets.token_hex(16)
