"""What is known of the line's own care, in one row: holds, purges, backups, restores."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, to_hold

RESTORED_STALE = timedelta(minutes=10)
"""What a restored database still owed longer than this is not done again without a person."""
_ONLY = 1


class Upkeep(Base):
    """One row that all hosts share."""

    __tablename__ = "upkeep"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fence: Mapped[int] = mapped_column(default=0)
    """Counts restores; a worker that began under an older count dials nothing any more."""
    hold_since: Mapped[datetime | None]
    """A legal hold: nothing is purged while it is set."""
    purged_at: Mapped[datetime | None]
    logs_asked_before: Mapped[datetime | None]
    """The carrier was asked to forget its log of every call that ended before then."""
    coarse_before: Mapped[datetime | None]
    """Times of calls that began before then are kept to the hour."""
    totalled_before: Mapped[datetime | None]
    """Calls that began before then stand in the totals of their days."""
    backed_up_at: Mapped[datetime | None]
    restored_to: Mapped[datetime | None]
    """When the backup was made that this database came from."""
    restored_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    """When a person let what the restore brought back be done."""

    @property
    def waits_for_release(self) -> bool:
        """Whether what a restore brought back still waits for a person."""
        return self.restored_at is not None and self.released_at is None


_THE_ROW = sa.select(Upkeep).where(Upkeep.id == _ONLY)
_HELD = to_hold(_THE_ROW)


def look(session: Session) -> Upkeep:
    """The row as it stands; a new database has none yet, which means nothing happened."""
    return session.scalar(_THE_ROW) or Upkeep(id=_ONLY, fence=0)


def hold(session: Session) -> Upkeep:
    """The row, held until the transaction ends: purges, restores and releases take turns."""
    held = session.scalar(_HELD)
    if held is None:
        held = Upkeep(id=_ONLY, fence=0)
        session.add(held)
        session.flush()
    return held


def stale_before(session: Session) -> datetime | None:
    """What was owed before then waits for a person; None when nothing waits."""
    row = look(session)
    if not row.waits_for_release or row.restored_at is None:
        return None
    return row.restored_at - RESTORED_STALE
