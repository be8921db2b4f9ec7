"""State of the workers: who is alive, and the pace of dialling."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.core import upserts
from models.core.base import Base, to_hold
from models.core.database import once

_ONLY = 1
WORKER_SILENT = timedelta(seconds=60)
"""A worker without a heartbeat for this long counts as dead."""
_AHEAD = timedelta(seconds=2)
"""A heartbeat further in the future was written by a wrong clock and proves nothing."""
_FARTHEST_START = timedelta(minutes=10)
"""No call start is put off for longer, so a later one was written by a wrong clock."""


class Heartbeat(Base):
    """The last round of a worker."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    at: Mapped[datetime]
    tzdata: Mapped[str | None] = mapped_column(sa.String(20))
    """The time zone version of that worker's host; who is on duty depends on it."""
    carrier_away: Mapped[bool] = mapped_column(default=False)
    """The carrier does not answer this worker, so its rings cannot be placed."""
    milliseconds_off: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    """How far the clock of that worker's host is ahead of the database's."""


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
    milliseconds_off: int = 0,
) -> None:
    """Record that this worker is alive, its time zone version, and its view of the carrier."""
    upserts.add_or_replace(
        session,
        Heartbeat,
        name=name,
        at=now,
        tzdata=tzdata,
        carrier_away=carrier_away,
        milliseconds_off=milliseconds_off,
    )


def is_alive(session: Session, now: datetime) -> bool:
    """Whether any worker has given a sign of life in the last WORKER_SILENT."""
    return session.scalar(_ALIVE.with_only_columns(Heartbeat.name).limit(1), _span(now)) is not None


def last_beat(session: Session, now: datetime) -> datetime | None:
    """The latest heartbeat of any worker; one from the future does not count."""
    query = sa.select(Heartbeat.at).where(Heartbeat.at <= now + _AHEAD)
    return session.scalar(query.order_by(Heartbeat.at.desc()).limit(1))


def alive(session: Session, now: datetime, within: timedelta = WORKER_SILENT) -> list[Heartbeat]:
    """The workers that were alive within this time before now."""
    return list(session.scalars(_ALIVE.order_by(Heartbeat.name), _span(now, within)))


def forget_beats(session: Session, before: datetime, now: datetime) -> None:
    """Delete the heartbeats of workers that stopped long ago, and those from the future."""
    is_over = sa.or_(Heartbeat.at < before, Heartbeat.at > now + WORKER_SILENT)
    session.execute(sa.delete(Heartbeat).where(is_over))


_ALIVE = sa.select(Heartbeat).where(
    Heartbeat.at > sa.bindparam("since"), Heartbeat.at <= sa.bindparam("until")
)
_ABLE = _ALIVE.with_only_columns(Heartbeat.name).where(Heartbeat.carrier_away.is_(False)).limit(1)


def _span(now: datetime, within: timedelta = WORKER_SILENT) -> dict[str, datetime]:
    return {"since": now - within, "until": now + _AHEAD}


def rings_leave(session: Session, now: datetime) -> bool:
    """Whether a live worker reaches the carrier, so that a requested ring is placed."""
    able = once(session, f"a worker at {now}", lambda: session.scalar(_ABLE, _span(now)))
    return able is not None


def carrier_is_away(session: Session, now: datetime) -> bool:
    """Whether all live workers report that the carrier does not answer."""
    said = [beat.carrier_away for beat in alive(session, now)]
    return bool(said) and all(said)


_NEXT_START = sa.select(Pace.next_start_at).where(Pace.id == _ONLY)
_PACE = to_hold(sa.select(Pace).where(Pace.id == _ONLY), key_share=True)


def next_start(session: Session, now: datetime) -> datetime | None:
    """When the next call may start, read without a lock; None if it may start now."""
    at = session.scalar(_NEXT_START)
    return None if at is None or _may_start(at, now) else at


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
    return _may_start(pace.next_start_at, now)


def _may_start(next_start_at: datetime, now: datetime) -> bool:
    return next_start_at <= now or next_start_at > now + _FARTHEST_START


def spend(pace: Pace, now: datetime, per_second: float) -> None:
    """Use up one call start."""
    pace.next_start_at = now + timedelta(seconds=1 / per_second)
