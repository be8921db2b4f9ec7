"""The state of maintenance, in one row: holds, purges, backups, restores; and the last check."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import sealed_columns
from models.core.base import Base, to_hold

RESTORED_STALE = timedelta(minutes=10)
"""After a restore, older open work is not done until a person releases it."""
_ONLY = 1


class Upkeep(Base):
    """One row that all hosts share."""

    __tablename__ = "upkeep"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fence: Mapped[int] = mapped_column(default=0)
    """Counts restores; a worker that started under an older count no longer dials."""
    identity: Mapped[str | None] = mapped_column(sa.String(32))
    """Drawn at the first start; tells this database from others."""
    keys: Mapped[str | None] = mapped_column(sa.String(32))
    """The identity of the folder with the keys of its days; None: none was there yet."""
    hold_since: Mapped[datetime | None]
    """A legal hold: nothing is purged while it is set."""
    purged_at: Mapped[datetime | None]
    unclean_since: Mapped[datetime | None]
    """Since then a purge could not take what it deleted out of the database's files."""
    logs_asked_before: Mapped[datetime | None]
    """The carrier was asked to delete its log of every call that ended before then."""
    texts_asked_before: Mapped[datetime | None]
    """The carrier was asked to delete every text that came or was settled before then."""
    coarse_before: Mapped[datetime | None]
    """Times of calls that began before then are rounded to the hour."""
    totalled_before: Mapped[datetime | None]
    """Calls that began before then are in the daily totals."""
    recent_from: Mapped[datetime | None]
    """What `totalled_before` was when later calls were counted; if it moved on, they are counted
    twice."""
    recent_before: Mapped[datetime | None]
    """The recent totals count later calls that began before then; None: they count none."""
    backed_up_at: Mapped[datetime | None]
    restore_tried_at: Mapped[datetime | None]
    """When a backup was last restored into an empty place, to try it."""
    restore_fault: Mapped[str | None] = mapped_column(sa.String(200))
    """What that trial found wrong; None: nothing."""
    restored_to: Mapped[datetime | None]
    """When the restored backup was made."""
    restored_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    """When a person released the open work of the restored database."""
    routing_told_seq: Mapped[int | None]
    """The audit entry up to which coordinators were told who is rung by other rules."""
    routing_told_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    """A panic lock: every host that reads this locks too."""
    purge_due_at: Mapped[datetime | None]
    """A panic purge: every host destroys its keys at this instant, unless somebody stops it."""
    purge_asked_by: Mapped[str | None] = mapped_column(sa.String(32))
    """The id of the user who asked for it, or nothing but "command line"."""

    @property
    def waits_for_release(self) -> bool:
        """Whether restored open work still waits for a release."""
        return self.restored_at is not None and self.released_at is None


class LastCheck(Base):
    """What `hotline check` found the last time, on whichever host, for the console; one row."""

    __tablename__ = "last_check"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    found_sealed: Mapped[bytes]
    """It can contain names of people."""


_THE_ROW = sa.select(Upkeep).where(Upkeep.id == _ONLY)
_HELD = to_hold(_THE_ROW)
_FENCE = sa.select(Upkeep.fence).where(Upkeep.id == _ONLY)


def look(session: Session) -> Upkeep:
    """The row, read without a lock; a new database has none, so defaults apply."""
    return session.scalar(_THE_ROW) or Upkeep(id=_ONLY, fence=0)


def fence(session: Session) -> int:
    """How many restores there were, read without a lock."""
    return session.connection().scalar(_FENCE) or 0


def hold(session: Session) -> Upkeep:
    """The row, held until the transaction ends: purges, restores and releases take turns."""
    held = session.scalar(_HELD)
    if held is None:
        held = Upkeep(id=_ONLY, fence=0)
        session.add(held)
        session.flush()
    return held


def stale_before(session: Session) -> datetime | None:
    """Open work from before then waits for a release; None if nothing waits."""
    row = look(session)
    if not row.waits_for_release or row.restored_at is None:
        return None
    return row.restored_at - RESTORED_STALE


def keep_check(session: Session, found: Sequence[Mapping[str, str]], now: datetime) -> None:
    """Replace what the check before found."""
    row = session.get(LastCheck, _ONLY) or LastCheck(id=_ONLY)
    row.at = now
    sealed_columns.write(session, row, "found_sealed", json.dumps(list(found)))
    session.add(row)


def last_check(session: Session) -> tuple[datetime, list[dict[str, str]]] | None:
    """When it was, and what it found, in its order; None before the first check."""
    row = session.get(LastCheck, _ONLY)
    if row is None:
        return None
    found: list[dict[str, str]] = json.loads(sealed_columns.text(session, row, "found_sealed"))
    return row.at, found
