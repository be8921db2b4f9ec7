"""Write, read and erase sealed columns by name, using the table of personal data.

    sealed_columns.write(session, person, "name_sealed", "Ana Example")
    sealed_columns.read(session, person, "name_sealed")

A new sealed column needs only its row in `models/core/personal_data.py`.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.core.base import Base
from models.core.database import vault_of
from models.core.personal_data import Kept, erased_with, purpose_of

ERASED = b""
"""The value of an erased sealed column that is not nullable."""


def write(session: Session, row: Base, column: str, text: str | None) -> None:
    """Seal a text into a column; None empties it."""
    sealed = None if text is None else vault_of(session).seal(text, _purpose(row, column))
    setattr(row, column, sealed)


def read(session: Session, row: Base, column: str) -> str | None:
    """The text in clear; None if there is none or it was erased."""
    sealed: bytes | None = getattr(row, column)
    return vault_of(session).open(sealed, _purpose(row, column)) if sealed else None


def erase(row: Base, kept: Kept) -> None:
    """Empty every sealed or hashed column of a row that is kept for this period."""
    columns = sa.inspect(type(row)).columns
    for name in erased_with(row.__tablename__, kept):
        column = columns[name]
        if column.nullable:
            setattr(row, name, None)
        else:
            setattr(row, name, ERASED if isinstance(column.type, sa.LargeBinary) else "")


def _purpose(row: Base, column: str) -> str:
    return purpose_of(row.__tablename__, column)
