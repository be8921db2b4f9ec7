"""Sealed columns by name: written, read and erased as the table of personal data says.

    sealed_columns.write(session, person, "name_sealed", "Ana Example")
    sealed_columns.read(session, person, "name_sealed")

A new sealed column needs its row in `models/core/personal_data.py`, and nothing else to be sealed.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models.core.base import Base
from models.core.database import vault_of
from models.core.personal_data import Kept, erased_with, purpose_of

ERASED = b""
"""What stands in a sealed column that may not be empty, once its value is erased."""


def write(session: Session, row: Base, column: str, text: str | None) -> None:
    """Seal a text into a column; None empties it."""
    sealed = None if text is None else vault_of(session).seal(text, _purpose(row, column))
    setattr(row, column, sealed)


def read(session: Session, row: Base, column: str) -> str | None:
    """The text that was sealed; None where there is none, or it was erased."""
    sealed: bytes | None = getattr(row, column)
    return vault_of(session).open(sealed, _purpose(row, column)) if sealed else None


def erase(row: Base, kept: Kept) -> None:
    """Empty every sealed or marked column of a row whose time is over with this period."""
    columns = sa.inspect(type(row)).columns
    for name in erased_with(row.__tablename__, kept):
        column = columns[name]
        if column.nullable:
            setattr(row, name, None)
        else:
            setattr(row, name, ERASED if isinstance(column.type, sa.LargeBinary) else "")


def _purpose(row: Base, column: str) -> str:
    return purpose_of(row.__tablename__, column)
