"""Write, read and erase sealed columns by name, using the table of personal data.

    sealed_columns.write(session, person, "name_sealed", "Ana Example")
    sealed_columns.read(session, person, "name_sealed")

A sealed value is bound to its table, its column and its row, and is sealed with a key that lives as
long as the value may. A new sealed column needs only its row in `models/core/personal_data.py`.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.core.base import Base
from models.core.database import vault_of
from models.core.personal_data import Kept, erased_with, purpose_of, term_of

ERASED = b""
"""The value of an erased sealed column that is not nullable."""


def write(session: Session, row: Base, column: str, text: str | None) -> None:
    """Seal a text into a column of a row that has its key; None empties it."""
    write_bytes(session, row, column, None if text is None else text.encode())


def write_bytes(session: Session, row: Base, column: str, data: bytes | None) -> None:
    """Seal bytes, such as audio, into a column of a row that has its key; None empties it."""
    sealed = None
    if data is not None:
        table, purpose = row.__tablename__, purpose_of(row.__tablename__, column)
        sealed = vault_of(session).seal_bytes(data, purpose, row_of(row), term_of(table, column))
    setattr(row, column, sealed)


def read(session: Session, row: Base, column: str) -> str | None:
    """The text in clear; None if there is none or it was erased."""
    data = read_bytes(session, row, column)
    return None if data is None else data.decode()


def read_bytes(session: Session, row: Base, column: str) -> bytes | None:
    """The bytes in clear; None if there are none or they were erased."""
    return opened(session, type(row), column, row_of(row), getattr(row, column))


def text(session: Session, row: Base, column: str) -> str:
    """The text in clear. Raises VaultError if it was erased, as if its key were gone."""
    sealed: bytes = getattr(row, column)
    purpose = purpose_of(row.__tablename__, column)
    return vault_of(session).open(sealed, purpose, row_of(row))


def opened(
    session: Session, kind: type[Base], column: str, row: str, sealed: bytes | None
) -> bytes | None:
    """The bytes in clear of a value that was read without its row; `row` is as of `row_key`."""
    if not sealed:
        return None
    return vault_of(session).open_bytes(sealed, purpose_of(kind.__tablename__, column), row)


def row_key(*key: object) -> str:
    """A row by its primary key, as sealed values are bound to it."""
    return "/".join(map(str, key))


def row_of(row: Base) -> str:
    """The same of a row; raises ValueError if it has no key yet."""
    key: tuple[Any, ...] = sa.inspect(type(row)).primary_key_from_instance(row)
    if None in key:
        raise ValueError(
            f"{row.__tablename__}: a row needs its key before a value is sealed into it"
        )
    return row_key(*key)


def erase(row: Base, kept: Kept) -> None:
    """Empty every sealed or hashed column of a row that is kept for this period."""
    columns = sa.inspect(type(row)).columns
    for name in erased_with(row.__tablename__, kept):
        column = columns[name]
        if column.nullable:
            setattr(row, name, None)
        else:
            setattr(row, name, ERASED if isinstance(column.type, sa.LargeBinary) else "")
