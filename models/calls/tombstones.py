"""Keyed hashes of purged SIDs: late news from the carrier must not recreate the rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base
from models.core.database import vault_of


class Tombstone(Base):
    """One SID whose rows were purged; the SID cannot be read from it."""

    __tablename__ = "tombstones"

    mark: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


def bury(session: Session, sids: Iterable[str | None], now: datetime) -> None:
    """Record that these SIDs were purged."""
    for sid in sids:
        if sid:
            session.merge(Tombstone(mark=vault_of(session).fingerprint(sid, "tombstone"), at=now))


_COVERING = sa.select(Tombstone.mark).where(
    Tombstone.mark.in_(sa.bindparam("marks", expanding=True))
)


def covers(session: Session, sid: str) -> bool:
    """Whether this call or recording was purged recently."""
    marks = vault_of(session).fingerprints(sid, "tombstone")
    return session.scalar(_COVERING, {"marks": marks}) is not None


def forget(session: Session, before: datetime) -> None:
    """Delete tombstones so old that no more news can arrive."""
    session.execute(sa.delete(Tombstone).where(Tombstone.at < before))
