"""What `hotline check` found the last time, so that the console shows the same list."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base

_ONLY = 1


class LastCheck(Base):
    """One row: the last check, whichever host it ran on."""

    __tablename__ = "last_check"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    found_sealed: Mapped[bytes]
    """It can contain names of people."""


def keep(session: Session, found: Sequence[Mapping[str, str]], now: datetime) -> None:
    """Replace what the check before found."""
    row = session.get(LastCheck, _ONLY) or LastCheck(id=_ONLY)
    row.at = now
    sealed_columns.write(session, row, "found_sealed", json.dumps(list(found)))
    session.add(row)


def read(session: Session) -> tuple[datetime, list[dict[str, str]]] | None:
    """When it was, and what it found, in its order; None before the first check."""
    row = session.get(LastCheck, _ONLY)
    if row is None:
        return None
    found: list[dict[str, str]] = json.loads(sealed_columns.text(session, row, "found_sealed"))
    return row.at, found
