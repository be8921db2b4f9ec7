"""State of the workers: who is alive, and the pace of dialling."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core.base import Base, to_hold

_ONLY = 1
WORKER_SILENT = timedelta(seconds=60)
"""A worker without a heartbeat for this long counts as dead."""


class Heartbeat(Base):
    """The last round of a worker."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    at: Mapped[datetime]
    tzdata: Mapped[str | None] = mapped_column(sa.String(20))
    """The time zone version of that worker's host; who is on duty depends on it."""
    carrier_away: Mapped[bool] = mapped_column(default=False)
    """The carrier does not answer this worker, so its rings cannot be placed."""


class Pace(Base):
    """One row that all hosts share: the earliest time of the next call start."""

    __tablename__ = "pace"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_start_at: Mapped[datetime]


def beat(
    session: Session,
    name: str,
    now: datetime,
    tzdata: str | None = None,
    *,
    carrier_away: bool = False,
) -> None:
    """Record that this worker is alive, its time zone version, and its view of the carrier."""
    session.merge(Heartbeat(name=name, at=now, tzdata=tzdata, carrier_away=carrier_away))


def last_beat(session: Session) -> datetime | None:
    """The latest heartbeat of any worker."""
    return session.scalar(sa.select(Heartbeat.at).order_by(Heartbeat.at.desc()).limit(1))


def alive(session: Session, since: datetime) -> list[Heartbeat]:
    """The workers that were alive since then."""
    query = sa.select(Heartbeat).where(Heartbeat.at >= since).order_by(Heartbeat.name)
    return list(session.scalars(query))


def forget_beats(session: Session, before: datetime) -> None:
    """Delete the heartbeats of workers that stopped long ago."""
    session.execute(sa.delete(Heartbeat).where(Heartbeat.at < before))


_ABLE = (
    sa.select(Heartbeat.name)
    .where(Heartbeat.at > sa.bindparam("since"), Heartbeat.carrier_away.is_(False))
    .limit(1)
)


def rings_leave(session: Session, now: datetime) -> bool:
    """Whether a live worker reaches the carrier, so that a requested ring is placed."""
    return session.scalar(_ABLE, {"since": now - WORKER_SILENT}) is not None


def carrier_is_away(session: Session, now: datetime) -> bool:
    """Whether all live workers report that the carrier does not answer."""
    alive = sa.select(Heartbeat.carrier_away).where(Heartbeat.at > now - WORKER_SILENT)
    said = list(session.scalars(alive))
    return bool(said) and all(said)


_NEXT_START = sa.select(Pace.next_start_at).where(Pace.id == _ONLY)
_PACE = to_hold(sa.select(Pace).where(Pace.id == _ONLY), key_share=True)


def next_start(session: Session) -> datetime | None:
    """When the next call may start, read without a lock; None if none was ever started."""
    return session.scalar(_NEXT_START)


def hold(session: Session, now: datetime) -> Pace:
    """The shared row, held until the transaction ends: diallers take turns.

    Do not hold it while answering a caller's turn: every turn would wait for all the others.
    """
    held = session.scalar(_PACE)
    if held is None:
        held = Pace(id=_ONLY, next_start_at=now)
        session.add(held)
        session.flush()
    return held


def may_start(pace: Pace, now: datetime) -> bool:
    """Whether the account's rate of call starts allows a call now."""
    return pace.next_start_at <= now


def spend(pace: Pace, now: datetime, per_second: float) -> None:
    """Use up one call start."""
    pace.next_start_at = now + timedelta(seconds=1 / per_second)
